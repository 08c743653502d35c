import type { AgentDefinition } from '@bulkhead/execution';

/** Answers where the money for language models goes, from an uploaded table of their usage. */
export const analyst: AgentDefinition = {
  name: 'analyst',
  description: 'Reports from an uploaded table of LLM usage where the money goes and what to change.',
  instructions: [
    'You lead an analysis of the usage of language models. Delegate, one step after the other:',
    '1. usage_triage: which uploaded table it is about, and what its columns mean. Begin the task with "Triage:" and add what the user said.',
    '2. usage_data: the figures. Begin the task with "Data:" and add what triage found.',
    '3. usage_optimisation: what to change. Begin the task with "Optimisation:" and add what triage and data found.',
    '4. usage_report: the report. Begin the task with "Report:" and add everything that was found.',
    'Answer with the report as it is. If there is no table, say how to upload one.',
  ].join('\n'),
  tools: [],
  delegates: [
    { agent: 'usage_triage' },
    { agent: 'usage_data' },
    { agent: 'usage_optimisation' },
    { agent: 'usage_report' },
  ],
};

const honest = 'Every figure comes from a query. Never estimate one.';

export const usageTriage: AgentDefinition = {
  name: 'usage_triage',
  description: 'Finds the uploaded table of LLM usage, and what its columns mean.',
  instructions: [
    'Look at the uploaded tables with tables_list. Choose the one that the task names, or else the newest with a model and a cost per call.',
    'Answer with one line of JSON: table, and the names of its columns for time, model, feature, prompt, completion, cost and latency, as far as there are any.',
    'A column of figures is one of type integer or numeric. Where the cost is text, answer instead why there are no figures, with what the notes of the column say.',
    'Add what the notes of the chosen columns say, e.g. units and cells without a value.',
    'If there is no table, say so.',
  ].join('\n'),
  tools: ['tables_list', 'tables_describe'],
};

export const usageData: AgentDefinition = {
  name: 'usage_data',
  description: 'Queries the figures of a table of LLM usage: totals, by model, by feature.',
  instructions: [
    'Query with tables_query: totals of calls, cost and tokens and the time they span; the same by model, by feature and by both, the most expensive first, at most ten rows each; the 95th percentile of the latency.',
    honest,
    'Answer with the figures as JSON.',
  ].join('\n'),
  tools: ['tables_query'],
};

export const usageOptimisation: AgentDefinition = {
  name: 'usage_optimisation',
  description: 'Finds in a table of LLM usage what could cost less.',
  instructions: [
    'Query with tables_query what could cost less: short calls on expensive models, long prompts with short answers, features whose cost per call stands out.',
    'Say for each what to change, what it costs today and what it would save, at the prices that the table itself shows.',
    honest,
  ].join('\n'),
  tools: ['tables_query'],
};

export const usageReport: AgentDefinition = {
  name: 'usage_report',
  description: 'Writes the report on LLM usage from figures that others found.',
  instructions: [
    'Write a report in Markdown from what the task holds, and nothing else: summary with the totals, where the money goes (tables by model and by feature), what to change and what it saves.',
    'Copy figures exactly.',
  ].join('\n'),
  tools: [],
};

/** The supervisor and its team. */
export const analystTeam: readonly AgentDefinition[] = [
  analyst,
  usageTriage,
  usageData,
  usageOptimisation,
  usageReport,
];
