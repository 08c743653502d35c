export { accounts, auditLog, refreshTokens, sessions, signingKeys } from './accounts.ts';
export { acknowledgements, events, messages, notes, runs, threads } from './conversations.ts';
export { bulkhead } from './ownership.ts';
