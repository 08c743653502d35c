export { openTestAuth, type TestAuth } from './test-auth.ts';
