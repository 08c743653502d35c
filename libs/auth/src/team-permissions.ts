/** What the tools of the teams' own libs need; every user has it. `nx g @bulkhead/workspace:tool` adds to it. */
export const teamPermissions: readonly string[] = [
  // One a line.
];
