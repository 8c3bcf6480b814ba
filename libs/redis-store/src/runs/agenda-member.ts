import { RunId } from '@bridge/contracts';

/** `<runId>|<obligation>`: run ids have no bar, so the first one ends it. */
export function agendaMember(runId: RunId, obligation: string): string {
  return `${runId}|${obligation}`;
}

export function parseAgendaMember(member: string): { readonly runId: RunId; readonly obligation: string } {
  const bar = member.indexOf('|');
  return { runId: RunId.parse(member.slice(0, bar)), obligation: member.slice(bar + 1) };
}
