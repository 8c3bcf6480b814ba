import { deflateRawSync } from 'node:zlib';
import { readZipEntry } from './zip-entry.ts';

/** A zip writer for the test: one list of files, each stored or deflated. */
function zipOf(files: readonly { name: string; content: Buffer; deflate: boolean }[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflate } of files) {
    const packed = deflate ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    // Sizes are left 0 here, as writers with a data descriptor do.
    locals.push(local, Buffer.from(name), packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(deflate ? 8 : 0, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const text = Buffer.from('to be or not to be '.repeat(50));
const zip = zipOf([
  { name: 'a/first', content: Buffer.from('first'), deflate: false },
  { name: 'a/second', content: text, deflate: true },
]);

describe('readZipEntry', () => {
  it('reads stored and deflated files', () => {
    expect(readZipEntry(zip, 'a/first').toString()).toBe('first');
    expect(readZipEntry(zip, 'a/second').equals(text)).toBe(true);
  });

  it('names the file that is missing', () => {
    expect(() => readZipEntry(zip, 'a/third')).toThrow('a/third');
  });

  it('refuses what is no zip', () => {
    expect(() => readZipEntry(Buffer.from('hello, this is not a zip archive'), 'a')).toThrow('not a zip');
  });

  it('notices a damaged size', () => {
    const damaged = Buffer.from(zip);
    damaged.writeUInt32LE(4, damaged.lastIndexOf('a/second') - 46 + 24);
    expect(() => readZipEntry(damaged, 'a/second')).toThrow('damaged');
  });
});
