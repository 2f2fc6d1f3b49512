import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '@flowloom/testkit';

const script = fileURLToPath(new URL('../../../k8s/image/build.sh', import.meta.url));

/** An unpacked image (OCI image specification): its root file system and how it is started. */
export interface OciImage {
  readonly rootfs: string;
  readonly entrypoint: readonly string[];
  readonly env: readonly string[];
  readonly uid: number;
  readonly archiveBytes: number;
}

interface Descriptor {
  readonly digest: string;
}

/** Builds the image by the project's own script and unpacks it in `folder`. Debian's part is kept between runs. */
export function buildImage(folder: string): OciImage {
  const recipe = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 12);
  mkdirSync(cacheFolder(), { recursive: true });
  const base = join(cacheFolder(), `image-base-${recipe}.tar`);
  const archive = join(folder, 'flowloom.tar');
  execFileSync(script, [archive], { env: { ...process.env, IMAGE_BASE: base }, stdio: ['ignore', 'pipe', 'pipe'] });
  return unpack(archive, folder);
}

function unpack(archive: string, folder: string): OciImage {
  const layout = join(folder, 'layout');
  const rootfs = join(folder, 'rootfs');
  for (const each of [layout, rootfs]) mkdirSync(each);
  const archiveBytes = statSync(archive).size;
  execFileSync('tar', ['-xf', archive, '-C', layout]);
  rmSync(archive);
  const blob = ({ digest }: Descriptor) => join(layout, 'blobs', digest.replace(':', '/'));
  const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const manifest = json(blob(json(join(layout, 'index.json')).manifests[0]));
  for (const layer of manifest.layers) execFileSync('tar', ['-xzf', blob(layer), '-C', rootfs]);
  const { config } = json(blob(manifest.config));
  renameSync(layout, `${layout}.done`);
  return {
    rootfs,
    entrypoint: config.Entrypoint,
    env: config.Env,
    uid: Number(config.User.split(':')[0]),
    archiveBytes,
  };
}
