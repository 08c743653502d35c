import { BulkheadClient, ProblemError, type Credentials } from '@bulkhead/client';

/** Makes the account, or opens it when it is there already. @throws ProblemError, ConnectionError */
export async function signUpOrIn(url: string, credentials: Credentials): Promise<BulkheadClient> {
  try {
    return await BulkheadClient.signUp(url, credentials);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'email_taken') throw error;
    return BulkheadClient.signIn(url, credentials);
  }
}
