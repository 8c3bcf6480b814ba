import type { Problem } from './problem.ts';

/** Errors that the framework itself throws while it reads a request, in words of ours. */
const FRAMEWORK_CODES: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'BODY_TOO_LARGE' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'JSON_MALFORMED', detail: 'The body is empty.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'JSON_MALFORMED', detail: 'The body is not JSON.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' },
  JSON_TOO_DEEP: { status: 400, code: 'JSON_TOO_DEEP' },
};

const INTERNAL: Problem = { status: 500, code: 'INTERNAL', detail: 'The request id leads to the log.' };

/** What a client may know of an error that reached the framework. Messages of 5xx stay inside. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof Error)) return INTERNAL;
  const known = 'code' in error && typeof error.code === 'string' ? FRAMEWORK_CODES[error.code] : undefined;
  if (known !== undefined) return known;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status < 400 || status >= 500) return INTERNAL;
  if (error instanceof SyntaxError)
    return { status: 400, code: 'JSON_MALFORMED', detail: 'The body is not JSON.' };
  return { status, code: 'REQUEST_MALFORMED', detail: error.message };
}
