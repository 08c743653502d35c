import { accessSabotages } from './access-sabotages.ts';
import { credentialSabotages } from './credential-sabotages.ts';
import { deliverySabotages } from './delivery-sabotages.ts';
import { doorSabotages } from './door-sabotages.ts';
import { executionSabotages } from './execution-sabotages.ts';
import { externalToolSabotages } from './external-tool-sabotages.ts';
import { tableSabotages } from './table-sabotages.ts';
import { isolationSabotages } from './isolation-sabotages.ts';
import { modelSabotages } from './model-sabotages.ts';
import { poisonRunSabotages } from './poison-run-sabotages.ts';
import { persistenceSabotages } from './persistence-sabotages.ts';
import type { Sabotage } from './sabotage.ts';
import { webSabotages } from './web-sabotages.ts';
import { toolSabotages } from './tool-sabotages.ts';

/** Every planted defect. */
export const sabotages: readonly Sabotage[] = [
  ...isolationSabotages,
  ...tableSabotages,
  ...persistenceSabotages,
  ...deliverySabotages,
  ...executionSabotages,
  ...poisonRunSabotages,
  ...accessSabotages,
  ...credentialSabotages,
  ...doorSabotages,
  ...toolSabotages,
  ...webSabotages,
  ...externalToolSabotages,
  ...modelSabotages,
];
