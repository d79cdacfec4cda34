import { EPSILON, type Invariant } from './invariant';

/** What is above a request is known only after the call, and must not be forgotten then. */
export const overage: Invariant = {
  name: 'usage above the request',
  promise:
    'what is used above a request is charged once: the limiter is never told of more and, without faults, of all of it in the end',
  watch({ fail, scenario: { faults } }) {
    const open = new Map<string, number>();
    const add = (key: string, amount: number): number => {
      const sum = (open.get(key) ?? 0) + amount;
      open.set(key, sum);
      return sum;
    };
    let all = 0;
    return {
      overused(key, amount) {
        all += amount;
        add(key, amount);
      },
      charged(key, amount) {
        const left = add(key, -amount);
        if (left < -EPSILON * Math.max(1, all)) fail(`${key}: ${-left} more were charged than used`);
      },
      drained() {
        if (faults.length > 0) return;
        for (const [key, left] of open)
          if (left > EPSILON * Math.max(1, all)) fail(`${key}: ${left} were used above requests and never charged`);
      },
    };
  },
};
