import { bindIds, createLogger } from './logger.ts';

function capture(): {
  lines: () => Record<string, unknown>[];
  text: () => string;
  write: (text: string) => void;
} {
  const written: string[] = [];
  return {
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
    write: (text) => {
      written.push(text);
    },
  };
}

describe('createLogger', () => {
  it('writes JSON lines that say when, how bad, which service and which version', () => {
    const out = capture();
    createLogger({ service: 'gateway', version: '1.2.3', bindings: { pod: 'p-0' }, destination: out }).warn(
      { a: 1 },
      'hm',
    );
    expect(out.lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        service: 'gateway',
        version: '1.2.3',
        pod: 'p-0',
        a: 1,
        msg: 'hm',
      },
    ]);
  });

  it('hides credentials wherever they stand', () => {
    const out = capture();
    const logger = createLogger({ service: 's', version: '1', destination: out });
    logger.info({ authorization: 'canary', token: 'canary' });
    logger.info({ headers: { cookie: 'canary', 'set-cookie': ['canary'], 'x-api-key': 'canary' } });
    logger.info({ req: { headers: { authorization: 'canary', 'proxy-authorization': 'canary' } } });
    logger.info({ push: { config: { authentication: { credentials: 'canary' } } } });
    logger.child({ password: 'canary' }).info('child');
    expect(out.lines()).toHaveLength(5);
    expect(out.text()).not.toContain('canary');
    expect(out.text().match(/\[redacted\]/g)).toHaveLength(9);
  });

  it('binds ids under one spelling and leaves out what is not known', () => {
    const out = capture();
    const logger = createLogger({ service: 's', version: '1', destination: out });
    bindIds(logger, { taskId: 't', attemptId: 'a' }).info('x');
    expect(out.lines()[0]).toMatchObject({ taskId: 't', attemptId: 'a' });
    expect(out.lines()[0]).not.toHaveProperty('agentId');
  });

  it('says nothing below its level', () => {
    const out = capture();
    createLogger({ service: 's', version: '1', level: 'error', destination: out }).warn('x');
    expect(out.lines()).toEqual([]);
  });
});
