import type { Part } from '@a2a-js/sdk';
import type { CorePart, Json } from '@bridge/contracts';

/**
 * The core part is the 1.0 part as JSON. Two things differ in memory: the SDK holds bytes where the core holds
 * base64, and the SDK writes an empty string where the core leaves a member out.
 */

/** @throws {TypeError} for a part without content: `checkMessage` comes first */
export function toCorePart(part: Part): CorePart {
  return { ...contentOf(part), ...extrasOf(part) };
}

export function fromCorePart(part: CorePart): Part {
  return {
    content: sdkContentOf(part),
    metadata: part.metadata,
    filename: part.filename ?? '',
    mediaType: part.mediaType ?? '',
  };
}

function contentOf({ content }: Part): CorePart {
  switch (content?.$case) {
    case 'text':
      return { text: content.value };
    case 'raw':
      // A transport may hand over plain bytes; only a Buffer knows base64.
      return { raw: Buffer.from(content.value).toString('base64') };
    case 'url':
      return { url: content.value };
    case 'data':
      return { data: jsonOf(content.value) };
    case undefined:
      throw new TypeError('a part without content was not refused');
  }
}

/** The SDK types data as `any`; its transports decode it from JSON or from a protobuf Value, which is the same. */
function jsonOf(value: unknown): Json {
  if (value === undefined) throw new TypeError('a data part without a value was not refused');
  return value as Json;
}

function extrasOf(part: Part): Pick<CorePart, 'metadata' | 'filename' | 'mediaType'> {
  // A 0.3 client may send `null` for what it leaves out, and the SDK passes that on.
  const metadata = part.metadata ?? undefined;
  return {
    ...(metadata === undefined ? {} : { metadata: metadata }),
    ...(part.filename === '' ? {} : { filename: part.filename }),
    ...(part.mediaType === '' ? {} : { mediaType: part.mediaType }),
  };
}

function sdkContentOf(part: CorePart): NonNullable<Part['content']> {
  if ('text' in part) return { $case: 'text', value: part.text };
  if ('raw' in part) return { $case: 'raw', value: Buffer.from(part.raw, 'base64') };
  if ('url' in part) return { $case: 'url', value: part.url };
  return { $case: 'data', value: part.data };
}
