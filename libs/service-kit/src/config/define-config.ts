import { z } from 'zod';
import { isSecret } from './secret.ts';

/** One variable as the docs, `.env.example` and the manifests show it. */
export interface ConfigVariable {
  readonly name: string;
  readonly description: string;
  /** What a value must look like, in words. */
  readonly expects: string;
  /** `undefined`: there is none. Already redacted. */
  readonly default: unknown;
  readonly required: boolean;
  readonly secret: boolean;
}

export interface ConfigDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly schema: Schema;
  readonly variables: readonly ConfigVariable[];
}

/**
 * Turns an app's one zod object into its configuration: a field is a variable of the environment, its
 * `.meta({ description })` the documentation. Cross-field rules go into the object's `superRefine`.
 *
 * @throws TypeError if a name is not UPPER_SNAKE or a variable has no description
 */
export function defineConfig<Schema extends z.ZodObject>(schema: Schema): ConfigDefinition<Schema> {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const variables = Object.entries(shape).map(([name, field]) => describeVariable(name, field));
  return { schema, variables };
}

function describeVariable(name: string, field: z.core.$ZodType): ConfigVariable {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new TypeError(`config: ${name} is not an UPPER_SNAKE name`);
  const meta = collectMeta(field);
  if (typeof meta.description !== 'string' || meta.description === '') {
    throw new TypeError(`config: ${name} has no description; add .meta({ description })`);
  }
  const absent = z.safeParse(field, undefined);
  return {
    name,
    description: meta.description,
    expects: typeof meta.expects === 'string' ? meta.expects : expectationOf(field),
    default: absent.success ? redacted(absent.data) : undefined,
    required: !absent.success,
    secret: meta.secret === true,
  };
}

function redacted(value: unknown): unknown {
  return isSecret(value) ? value.toJSON() : value;
}

/** What was said about a schema anywhere in its chain of wrappers; the outermost word wins. */
function collectMeta(schema: z.core.$ZodType): Record<string, unknown> {
  const own: Record<string, unknown> = z.globalRegistry.get(schema) ?? {};
  const inner = innerOf(schema);
  return inner === undefined ? own : { ...collectMeta(inner), ...own };
}

/** Looks through optional, default, pipe and the like. */
function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const def = schema._zod.def as { readonly innerType?: z.core.$ZodType; readonly in?: z.core.$ZodType };
  return def.innerType ?? def.in;
}

function expectationOf(schema: z.core.$ZodType): string {
  const inner = innerOf(schema);
  if (inner !== undefined) return expectationOf(inner);
  if (schema instanceof z.core.$ZodEnum) return `one of ${Object.values(schema._zod.def.entries).join(', ')}`;
  return schema._zod.def.type === 'string' ? 'text' : schema._zod.def.type;
}
