/** The meaning of a problem and the advice for it, by its code. Each is served at `/problems/<code>` and listed in docs/problems.md. */
export interface ProblemEntry {
  readonly status: number;
  readonly meaning: string;
  readonly whatToDo: string;
}

export const entry = (status: number, meaning: string, whatToDo: string): ProblemEntry => ({
  status,
  meaning,
  whatToDo,
});
