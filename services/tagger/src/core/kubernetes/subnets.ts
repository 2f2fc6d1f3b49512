import { type Prefix, parsePrefix, prefixKeyOf } from '../model/address-key.ts';
import { commaList, type KubernetesObject, textOf } from './objects.ts';
import { vpcOfSubnetObject } from './render-kube-ovn.ts';

interface KnownSubnet {
  readonly name: string;
  readonly vpc: string;
  readonly prefixes: readonly Prefix[];
}

/** Kube-OVN's subnets, to be asked by name and by what lies in them. */
export class Subnets {
  readonly #byName = new Map<string, KnownSubnet>();

  put(object: KubernetesObject): void {
    const cidrs = commaList(textOf(object.spec.cidrBlock));
    const prefixes = cidrs.flatMap((cidr) => parsePrefix(cidr) ?? []);
    this.#byName.set(object.name, { name: object.name, vpc: vpcOfSubnetObject(object), prefixes });
  }

  remove(name: string): void {
    this.#byName.delete(name);
  }

  vpcOf(name: string): string | undefined {
    return this.#byName.get(name)?.vpc;
  }

  /** The VPC in which an address lies; undefined where it is none or several. */
  vpcAround(ip: string): string | undefined {
    const vpcs = new Set(this.#around(ip).map(({ vpc }) => vpc));
    return vpcs.size === 1 ? [...vpcs][0] : undefined;
  }

  /** The subnet of a VPC in which an address or CIDR lies; undefined where it is none or several. */
  nameAround(vpc: string, cidr: string): string | undefined {
    const names = this.#around(cidr).filter((subnet) => subnet.vpc === vpc);
    return names.length === 1 ? names[0].name : undefined;
  }

  #around(text: string): KnownSubnet[] {
    const whole = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
    return [...this.#byName.values()].filter(({ prefixes }) =>
      prefixes.some(({ length, key }) => prefixKeyOf(whole, length) === key),
    );
  }
}
