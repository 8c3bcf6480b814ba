export { ensureVenv, pythonProblem } from './venv.ts';
