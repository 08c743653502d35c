// Tries the alert rules in deploy/prometheus: npm run alerts. Needs promtool, which comes with Prometheus.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../../deploy/prometheus', import.meta.url));

function promtool(...args) {
  const { status, error } = spawnSync('promtool', args, { cwd, stdio: 'inherit' });
  if (error?.code === 'ENOENT') {
    process.stderr.write(
      'promtool is not installed. It comes with Prometheus: apt-get install prometheus, or https://prometheus.io/download\n',
    );
    process.exit(1);
  }
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

promtool('check', 'rules', 'bulkhead.rules.yml');
promtool('test', 'rules', 'bulkhead.rules.test.yml');
