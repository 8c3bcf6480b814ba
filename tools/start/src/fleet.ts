import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from './program.ts';
import { ensureVenv, pythonProblem } from './venv.ts';

export interface Fleet {
  readonly programs: readonly Program[];
  /** What is missing, for the person at the terminal. */
  readonly notes: readonly string[];
}

/** The interpreter for the Python agent. @throws an `Error` with the last lines of pip */
export async function ensureAgentVenv(root: string, signal?: AbortSignal): Promise<string> {
  const requirements = await readFile(join(root, 'examples/python-agent/requirements.txt'), 'utf8');
  return ensureVenv(join(root, '.cache/venv-agent'), requirements.trim().split('\n'), signal);
}

/** The example agents: TypeScript always, Python where there is a Python. */
export async function exampleFleet(
  root: string,
  redisUrl: string,
  logs: string,
  signal: AbortSignal,
): Promise<Fleet> {
  const env = (agentId: string): Program['env'] => ({
    ...process.env,
    LEGACY_REDIS_URL: process.env['LEGACY_REDIS_URL'] ?? redisUrl,
    AGENT_ID: agentId,
  });
  const typescript: Program = {
    name: 'typescript-agent-1',
    command: process.execPath,
    args: [join(root, 'examples/typescript-agent/dist/main.js')],
    env: env('typescript-agent-1'),
    logFile: join(logs, 'typescript-agent-1.log'),
  };
  const problem = await pythonProblem();
  if (problem !== null) return { programs: [typescript], notes: [`No Python agent: ${problem}.`] };
  try {
    const python = await ensureAgentVenv(root, signal);
    const agent: Program = {
      name: 'python-agent-1',
      command: python,
      args: [join(root, 'examples/python-agent/agent.py')],
      env: env('python-agent-1'),
      logFile: join(logs, 'python-agent-1.log'),
    };
    return { programs: [agent, typescript], notes: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      programs: [typescript],
      notes: [`No Python agent: its packages could not be installed (${why}).`],
    };
  }
}
