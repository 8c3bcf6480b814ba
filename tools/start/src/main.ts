import { resolve } from 'node:path';
import { parseSettings } from './settings.ts';
import { takeStartLock } from './start-lock.ts';
import { createSupervisor } from './supervisor.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
// npm passes a terminal's Ctrl-C on to us, which got it already: that is one signal, not two.
const SAME_SIGNAL_MS = 500;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const refuse = (why: string): never => {
  process.stderr.write(`${why}\n`);
  process.exit(1);
};

process.chdir(ROOT);
const { settings, problems } = parseSettings(process.env, process.argv.slice(2));
if (problems.length > 0) refuse(problems.join('\n'));
if ((await takeStartLock(resolve(ROOT, '.data/start.sock'))) === null) {
  refuse('npm start already runs in this checkout; stop it first.');
}

const supervisor = createSupervisor(ROOT, settings, say);
let firstSignalAt: number | null = null;
const onSignal = (signal: NodeJS.Signals): void => {
  if (firstSignalAt === null) {
    firstSignalAt = Date.now();
    say(`\nStopping (${signal}); once more to force it.`);
    void supervisor.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        supervisor.kill();
        process.exit(1);
      },
    );
  } else if (Date.now() - firstSignalAt > SAME_SIGNAL_MS) {
    say('Forced.');
    supervisor.kill();
    process.exit(1);
  }
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

try {
  await supervisor.start();
} catch (error) {
  // After a signal the start is cut short, and its handler is at work already.
  if (!supervisor.stopping()) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await supervisor.stop();
    process.exit(1);
  }
}
