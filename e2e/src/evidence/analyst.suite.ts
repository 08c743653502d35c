import { openThread, signUp } from '../account.ts';
import { answerIn, ofType, untilRunsEnd } from '../run-events.ts';
import { Server } from '../server.ts';
import { sampleData, wrongLines } from '../usage-sample.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { useOf } from './process-cpu.ts';

const ROWS = 100_000;
const team = ['analyst 0', 'usage_triage 1', 'usage_data 1', 'usage_optimisation 1', 'usage_report 1'];

export const analyst: EvidenceSuite = {
  name: 'analyst',
  promise: 'The analyst, offline, reports on 100,000 rows the totals that they have.',
  tried:
    'Generated usage is uploaded, and the analyst asked where the money goes; the report is held against sums that are added up here, from the file itself. With --long, ten tables of other seeds.',
  async run(evidence) {
    const server = await Server.start();
    evidence.defer(() => server.dispose());
    for (let seed = 1; seed <= (evidence.long ? 10 : 1); seed++) {
      const csv = await sampleData(ROWS, seed);
      const account = await signUp(server);
      const began = performance.now();
      await account.client.uploadTable({ name: 'usage', csv });
      const uploaded = performance.now();
      const thread = await openThread(server, account);
      await thread.send('Where does the money go, and what should we change?', { agentName: 'analyst' });
      const events = await untilRunsEnd(thread.events());
      const reported = performance.now();
      await thread.close();
      const wrong = wrongLines(answerIn(events), csv);
      const claim = `every total of the report is that of the file (seed ${seed})`;
      evidence.check(claim, wrong.length === 0, wrong[0] ?? `${ROWS} rows`);
      const failed = ofType(events, 'tool_completed').filter(({ data }) => data.outcome !== 'succeeded');
      evidence.check('every query of the team succeeds', failed.length === 0, `${failed.length} failed`);
      const agents = new Set(events.map(({ agentName, operationDepth }) => `${agentName} ${operationDepth}`));
      const isWhole = team.every((agent) => agents.has(agent));
      evidence.check('the whole team worked', isWhole, [...agents].join(', '));
      evidence.figure(
        'upload',
        `${Math.round(uploaded - began)} ms for ${Math.round(csv.length / 2 ** 20)} MiB`,
      );
      evidence.figure('report', `${Math.round(reported - uploaded)} ms`);
    }
    const use = useOf(server.dataDir);
    if (!use) return;
    evidence.figure("the server's largest memory", `${use.nodePeakMiB} MiB`);
    evidence.figure(
      'CPU of server / database',
      `${Math.round(use.nodeCpuMs)} / ${Math.round(use.postgresCpuMs)} ms`,
    );
  },
};
