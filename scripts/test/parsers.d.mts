// Types for tests/js/reports.node.test.ts.
interface Counts {
  passed: number;
  failed: string[];
  unfinished?: string;
  skipped: { name: string; reason?: string }[];
}

export function googleTest(report: string, printed: string): Counts;
export function unexplained(counts: Pick<Counts, 'unfinished' | 'failed'>, complained: string, code: number): string | undefined;
