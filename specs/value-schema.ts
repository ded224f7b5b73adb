/** The part of JSON Schema 2020-12 that the suite reads. */
export interface ValueSchema {
  readonly title?: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: ValueSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  /** What holds of some members when one has a certain value. */
  readonly allOf?: readonly Condition[];
  /** Plausible values, the most telling first. */
  readonly examples?: readonly unknown[];
  /** The value names a thing of the target, so that its owner may pin it. */
  readonly 'x-pin'?: boolean;
}

/** When `if` holds of an object, so does `then`. */
export interface Condition {
  readonly if: Clause;
  readonly then: Clause;
}

/** What is said of an object in a condition: members that are there, and keywords of their values. */
export interface Clause {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Omit<Partial<ValueSchema>, 'type'>>>;
}

/** A schema of an object: that of a body. */
export type ObjectSchema = ValueSchema & {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, ValueSchema>>;
};
