/** The part of JSON Schema that our schema uses. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
}

const ANNOTATIONS = new Set(["$schema", "$id", "$defs", "title", "description"]);

/** Keywords that bind; each returns what is wrong. An unknown keyword throws, so that none is passed over. */
const KEYWORDS: Readonly<Record<string, (schema: Schema, value: unknown, at: string, root: Schema) => string[]>> = {
  $ref: ({ $ref }, value, at, root) => {
    const definition = root.$defs?.[($ref ?? "").replace("#/$defs/", "")];
    if (definition === undefined) throw new Error(`no ${$ref}`);
    return checkSchema(definition, value, at, root);
  },
  type: ({ type }, value, at) => {
    const types = [type].flat();
    const fits = types.some((name) => name === typeOf(value) || (name === "number" && typeOf(value) === "integer"));
    return fits ? [] : [`${at} is ${typeOf(value)}, not ${types.join(" or ")}`];
  },
  const: ({ const: only }, value, at) => (value === only ? [] : [`${at} is not ${String(only)}`]),
  enum: ({ enum: allowed = [] }, value, at) => (allowed.includes(value) ? [] : [`${at} is none of ${allowed.join()}`]),
  minimum: ({ minimum = 0 }, value, at) => (typeof value === "number" && value < minimum ? [`${at} < ${minimum}`] : []),
  pattern: ({ pattern = "" }, value, at) => {
    return typeof value === "string" && !new RegExp(pattern).test(value) ? [`${at} does not match ${pattern}`] : [];
  },
  required: ({ required = [] }, value, at) => {
    return isObject(value) ? required.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`) : [];
  },
  properties: ({ properties = {}, additionalProperties }, value, at, root) => {
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([name, field]) => {
      if (properties[name] !== undefined) return checkSchema(properties[name], field, `${at}.${name}`, root);
      return additionalProperties === undefined ? [`${at}.${name} is not in the schema`] : [];
    });
  },
  additionalProperties: ({ properties = {}, additionalProperties }, value, at, root) => {
    if (!isObject(value) || additionalProperties === undefined) return [];
    const others = Object.entries(value).filter(([name]) => properties[name] === undefined);
    return others.flatMap(([name, field]) => checkSchema(additionalProperties, field, `${at}.${name}`, root));
  },
  items: ({ items = {} }, value, at, root) => {
    return Array.isArray(value)
      ? value.flatMap((item, index) => checkSchema(items, item, `${at}[${index}]`, root))
      : [];
  },
};

/**
 * Checks a value against a schema, and, stricter than JSON Schema, that every property is in it: what is written must be
 * documented.
 * @returns What is wrong, one line each.
 */
export function checkSchema(schema: Schema, value: unknown, at = "$", root = schema): string[] {
  return Object.keys(schema)
    .filter((keyword) => !ANNOTATIONS.has(keyword))
    .flatMap((keyword) => {
      const check = KEYWORDS[keyword];
      if (check === undefined) throw new Error(`unknown keyword ${keyword}`);
      return check(schema, value, at, root);
    });
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeOf(value) === "object";
}
