export { ensureAgentVenv } from './fleet.ts';
export { ensureVenv, pythonProblem } from './venv.ts';
