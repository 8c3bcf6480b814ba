import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('gives the first value that is neither false nor null', async () => {
    let calls = 0;
    const value = await eventually(() => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      if (calls === 2) return false;
      return calls === 3 ? null : 'there';
    });
    expect([value, calls]).toEqual(['there', 4]);
  });

  it('takes assertions, which return nothing', async () => {
    let count = 0;
    await eventually(() => {
      count += 1;
      expect(count).toBe(3);
    });
    expect(count).toBe(3);
  });

  it('fails with what it waited for and the last reason', async () => {
    const never = (): never => {
      throw new Error('the sky is blue');
    };
    await expect(eventually(never, { timeoutMs: 20, what: 'a red sky' })).rejects.toThrow(
      /a red sky did not hold within 20 ms; last: the sky is blue/,
    );
  });
});
