import { z } from 'zod';

/** Any JSON value. Kept as parsed: payloads are opaque to this system (law L9). */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const Json: z.ZodType<Json> = z.json();
export const JsonObject: z.ZodType<JsonObject> = z.record(z.string(), Json);
export type JsonObject = { [key: string]: Json };
