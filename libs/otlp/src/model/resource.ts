/** A value of an OpenTelemetry attribute. Whole numbers become `int_value`, others `double_value`. */
export type AttributeValue = string | number | boolean | readonly string[] | readonly number[];

export type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * What produced the telemetry: a service, a workload. Encoders keep the bytes of a resource as long as the object
 * lives, so hand in the same object for the same resource and never change it.
 */
export interface Resource {
  readonly attributes: Attributes;
  /** Version of the semantic conventions that the attributes follow. */
  readonly schemaUrl?: string;
}

/** The component that made the telemetry. */
export interface Scope {
  readonly name: string;
  readonly version?: string;
  readonly attributes?: Attributes;
}
