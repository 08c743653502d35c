import { analyst } from './analyst.suite.ts';
import { audit } from './audit.suite.ts';
import { burst } from './burst.suite.ts';
import { cancel } from './cancel.suite.ts';
import { cleanup } from './cleanup.suite.ts';
import { commitOrder } from './commit-order.suite.ts';
import { connections } from './connections.suite.ts';
import { crash } from './crash.suite.ts';
import { delivery } from './delivery.suite.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { fairness } from './fairness.suite.ts';
import { floods } from './floods.suite.ts';
import { fuzz } from './fuzz.suite.ts';
import { hostileBorders } from './hostile-borders.suite.ts';
import { hostileModel } from './hostile-model.suite.ts';
import { isolation } from './isolation.suite.ts';
import { latency } from './latency.suite.ts';
import { leak } from './leak.suite.ts';
import { matrix } from './matrix.suite.ts';
import { mcp } from './mcp.suite.ts';
import { once } from './once.suite.ts';
import { secrets } from './secrets.suite.ts';
import { signIns } from './sign-ins.suite.ts';
import { slowConsumers } from './slow-consumers.suite.ts';
import { soak } from './soak.suite.ts';
import { sockets } from './sockets.suite.ts';
import { supervisor } from './supervisor.suite.ts';
import { threadCost } from './thread-cost.suite.ts';
import { reconnect } from './reconnect.suite.ts';
import { outage } from './outage.suite.ts';
import { revocation } from './revocation.suite.ts';

/** Every suite, in the order in which they run. */
export const suites: readonly EvidenceSuite[] = [
  isolation,
  commitOrder,
  delivery,
  reconnect,
  sockets,
  connections,
  latency,
  slowConsumers,
  crash,
  outage,
  fairness,
  burst,
  cancel,
  cleanup,
  leak,
  matrix,
  fuzz,
  floods,
  once,
  audit,
  secrets,
  revocation,
  signIns,
  threadCost,
  soak,
  hostileModel,
  hostileBorders,
  mcp,
  supervisor,
  analyst,
];
