/** `npm start`: installs and builds what is missing, then runs the supervisor in this very process. */
import { build, checkNode, ensurePackages } from './start/bootstrap.mjs';

try {
  checkNode();
  ensurePackages();
  build([
    'apps/a2a-gateway',
    'apps/workflow-engine',
    'apps/dlq-processor',
    'examples/typescript-agent',
    'tools/start',
  ]);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
await import('./start/dist/main.js');
