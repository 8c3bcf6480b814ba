import { isErrorLine, startProcess, type AppProcess } from './app-process.ts';

const line = (text: string, from: 'stdout' | 'stderr' = 'stdout') => ({
  from,
  text,
  record: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : null,
});

describe('an error line', () => {
  it.each(['{"level":"error","msg":"x"}', '{"level":"fatal"}', '{"level":50}', '{"level":60}'])(
    'is %s',
    (text) => {
      expect(isErrorLine(line(text))).toBe(true);
    },
  );

  it.each(['{"level":"warn","msg":"error"}', '{"level":"info"}', '{"level":40}', 'error: no record'])(
    'is not %s on stdout',
    (text) => {
      expect(isErrorLine(line(text))).toBe(false);
    },
  );

  it('is whatever a crashing process leaves on stderr', () => {
    expect(isErrorLine(line('TypeError: x is not a function', 'stderr'))).toBe(true);
    expect(isErrorLine(line('', 'stderr'))).toBe(false);
    expect(isErrorLine(line('(node:7) [X1] FastifyDeprecation: an option is deprecated.', 'stderr'))).toBe(
      false,
    );
    expect(isErrorLine(line('(node:7) MaxListenersExceededWarning: a leak', 'stderr'))).toBe(true);
  });
});

describe('a process', () => {
  const started: AppProcess[] = [];
  const run = (script: string): AppProcess => {
    const program = { name: 'probe', command: process.execPath, args: ['-e', script], cwd: '/', env: {} };
    const probe = startProcess(program);
    started.push(probe);
    return probe;
  };

  afterEach(async () => {
    for (const probe of started.splice(0)) await probe.end();
  });

  it('gives its lines, those of the past too', async () => {
    const probe = run(`console.log('{"level":"info","msg":"up"}'); setInterval(() => {}, 1000)`);
    expect((await probe.line(({ record }) => record?.['msg'] === 'up')).from).toBe('stdout');
    expect((await probe.line(({ text }) => text.includes('up'))).record).toEqual({
      level: 'info',
      msg: 'up',
    });
  });

  it('says when it ends before the line', async () => {
    const probe = run(`console.error('broken'); process.exit(3)`);
    await expect(probe.line(({ text }) => text === 'never')).rejects.toThrow(/ended before[^]*broken/);
    expect(await probe.exited).toEqual({ code: 3, signal: null });
  });

  it('is ended by SIGTERM, and by force when it does not listen', async () => {
    const polite = run(
      `process.on('SIGTERM', () => process.exit(0)); console.log('up'); setInterval(() => {}, 1000)`,
    );
    await polite.line(({ text }) => text === 'up');
    expect(await polite.end()).toEqual({ code: 0, signal: null, forced: false });
    const deaf = run(`process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`);
    await deaf.line(({ text }) => text === 'up');
    expect(await deaf.end(50)).toEqual({ code: null, signal: 'SIGKILL', forced: true });
  });
});
