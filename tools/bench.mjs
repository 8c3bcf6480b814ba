/** `npm run bench`: installs and builds what is missing, then measures. `-- --quick`, `-- --long`, `-- --json FILE`. */
import { build, checkNode, ensurePackages } from './start/bootstrap.mjs';

try {
  checkNode();
  ensurePackages();
  build(['apps/a2a-gateway', 'apps/workflow-engine', 'apps/dlq-processor', 'tools/bench']);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
await import('./bench/dist/main.js');
