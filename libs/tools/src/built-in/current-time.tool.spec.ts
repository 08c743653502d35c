import { CurrentTimeTool } from './current-time.tool.ts';

const tool = new CurrentTimeTool();
const tell = async (timeZone?: string) =>
  (await tool.execute(timeZone === undefined ? {} : { timeZone })) as Record<string, string>;

describe('current_time', () => {
  it('tells the time in UTC when no zone is given', async () => {
    const before = Date.now();
    const { now = '', timeZone, formatted } = await tell();
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(now)).toBeLessThanOrEqual(Date.now());
    expect(timeZone).toBe('UTC');
    expect(formatted).toMatch(/^\w+day,? \d{1,2} \w+ \d{4} at \d\d:\d\d:\d\d UTC$/);
  });

  it.each([
    ['Europe/Berlin', [1, 2]],
    ['America/New_York', [-5, -4]],
    ['Asia/Kolkata', [5.5]],
    ['Pacific/Kiritimati', [14]],
    ['utc', [0]],
  ])('tells the time in %s', async (timeZone, offsets) => {
    const { now = '', formatted = '', ...rest } = await tell(timeZone);
    expect(rest).toEqual({ timeZone });
    const clocks = offsets.map((hours) =>
      new Date(Date.parse(now) + hours * 3_600_000).toISOString().slice(11, 19),
    );
    expect(clocks).toContain(/\d\d:\d\d:\d\d/.exec(formatted)?.[0]);
  });

  it.each(['Mars/Olympus', 'Europe', 'canary', ' ', '../etc'])('refuses the zone %j', async (timeZone) => {
    const refused = (async () => tell(timeZone))();
    await expect(refused).rejects.toMatchObject({ code: 'tool_refused', details: { field: 'timeZone' } });
    await expect(refused).rejects.not.toHaveProperty('message', expect.stringContaining('canary'));
  });
});
