import {
  BridgeOptions,
  StepId,
  TaskRequest,
  WorkflowRequest,
  type CoreMessage,
  type CorePart,
  type JsonObject,
  type Plan,
  type PlannedStep,
} from '@bridge/contracts';
import { graphFault } from './graph-checks.ts';
import { parseWith, skillPartOf, textOf, type Parsed } from './plan-request.ts';

/** What a request gets that says nothing about it. */
export interface PlanDefaults {
  readonly onExhausted: 'park' | 'fail';
  /** Skills whose steps may run twice unless the request says otherwise. */
  readonly idempotentSkills: readonly string[];
}

export const PLAN_DEFAULTS: PlanDefaults = { onExhausted: 'park', idempotentSkills: [] };

export type PlanResult =
  | { readonly ok: true; readonly plan: Plan }
  /** `message` names the step or the member that is wrong. */
  | { readonly ok: false; readonly code: 'WORKFLOW_INVALID'; readonly message: string };

const ONLY_STEP = StepId.parse('task');
const TASK_SKILL = 'task_execution';
const WORKFLOW_SKILL = 'orchestration';

/** Which skill, who said so, and the data part that did, if one did. */
interface Decision {
  readonly skill: string;
  readonly decidedBy: Plan['decidedBy'];
  readonly reason: string;
  readonly part?: { readonly index: number; readonly data: JsonObject };
}

/**
 * Turns a request into a DAG, or says what is wrong with it. Pure, so the gateway asks before it accepts.
 *
 * A data part that names a skill decides; else `metadata.skill`; else it is one `task_execution`. A skill that is
 * neither that nor `orchestration` is a capability that some agent must offer. Beside a workflow the other parts
 * of the message are commentary: its agents get the descriptions of their steps.
 */
export function planOf(message: CoreMessage, defaults: PlanDefaults = PLAN_DEFAULTS): PlanResult {
  const options = parseWith(BridgeOptions, message.metadata?.['a2a-bridge'] ?? {}, "metadata['a2a-bridge']");
  if (!options.ok) return invalid(options.message);
  const decision = decideSkill(message);
  if (!decision.ok) return invalid(decision.message);

  const steps =
    decision.value.skill === WORKFLOW_SKILL
      ? workflowSteps(decision.value, options.value, defaults)
      : taskStep(message, decision.value, options.value, defaults);
  if (!steps.ok) return invalid(steps.message);
  const fault = graphFault(steps.value);
  if (fault !== null) return invalid(fault);

  const { skill, decidedBy, reason } = decision.value;
  const onExhausted = options.value.onExhausted ?? defaults.onExhausted;
  return { ok: true, plan: { skill, decidedBy, reason, steps: [...steps.value], onExhausted } };
}

function invalid(message: string): PlanResult {
  return { ok: false, code: 'WORKFLOW_INVALID', message };
}

function decideSkill(message: CoreMessage): Parsed<Decision> {
  const part = skillPartOf(message);
  if (!part.ok) return part;
  if (part.value !== null) {
    const { skill } = part.value;
    return {
      ok: true,
      value: {
        skill,
        decidedBy: 'data-part',
        reason: `a data part names skill '${skill}'`,
        part: part.value,
      },
    };
  }
  const named = message.metadata?.['skill'];
  if (named === undefined) {
    const reason = 'nothing names a skill, so it is one task';
    return { ok: true, value: { skill: TASK_SKILL, decidedBy: 'default', reason } };
  }
  if (typeof named !== 'string' || named === '')
    return { ok: false, message: 'metadata.skill: must be a skill id' };
  return {
    ok: true,
    value: { skill: named, decidedBy: 'metadata', reason: `metadata.skill names '${named}'` },
  };
}

function workflowSteps(
  decision: Decision,
  options: BridgeOptions,
  defaults: PlanDefaults,
): Parsed<readonly PlannedStep[]> {
  if (decision.part?.data['workflow'] === undefined) {
    const message = `skill '${WORKFLOW_SKILL}' needs a data part {skill, workflow: {schemaVersion, steps}}; workflow is missing`;
    return { ok: false, message };
  }
  const request = parseWith(WorkflowRequest, decision.part.data, 'data part');
  if (!request.ok) return request;
  const steps = request.value.workflow.steps.map((step) => ({
    id: step.id,
    description: step.description,
    dependsOn: step.depends_on ?? [],
    ...(step.type === undefined ? {} : { type: step.type }),
    ...workOf(step, options, decision.skill, defaults),
  }));
  return { ok: true, value: steps };
}

function taskStep(
  message: CoreMessage,
  decision: Decision,
  options: BridgeOptions,
  defaults: PlanDefaults,
): Parsed<readonly PlannedStep[]> {
  const request = parseWith(TaskRequest, decision.part?.data ?? { skill: decision.skill }, 'data part');
  if (!request.ok) return request;
  const description = request.value.description ?? textOf(message);
  if (description.trim() === '') {
    const message = 'the message has no text, and no data part gives a description';
    return { ok: false, message };
  }
  // Whatever is not the description itself goes to the agent as parts: nothing is dropped.
  const textIsDescription = request.value.description === undefined;
  const parts = message.parts.filter(
    (part: CorePart, index) => index !== decision.part?.index && !(textIsDescription && 'text' in part),
  );
  const work = workOf(request.value, options, decision.skill, defaults);
  const step: PlannedStep = {
    id: ONLY_STEP,
    description,
    dependsOn: [],
    ...work,
    ...(decision.skill === TASK_SKILL || work.capability !== undefined ? {} : { capability: decision.skill }),
    ...(parts.length === 0 ? {} : { parts }),
  };
  return { ok: true, value: [step] };
}

type Work = Pick<TaskRequest, 'agent' | 'agentType' | 'capability' | 'idempotent' | 'timeoutMs'>;
type PlannedWork = Pick<PlannedStep, 'agent' | 'agentType' | 'capability' | 'idempotent' | 'replyTimeoutMs'>;

/** A step's own words hold; the request's options fill in what it leaves open, requirements only all together. */
function workOf(own: Work, options: BridgeOptions, skill: string, defaults: PlanDefaults): PlannedWork {
  const demands = own.agent ?? own.agentType ?? own.capability;
  const { agent, agentType, capability } = demands === undefined ? options : own;
  const timeoutMs = own.timeoutMs ?? options.timeoutMs;
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(agentType === undefined ? {} : { agentType }),
    ...(capability === undefined ? {} : { capability }),
    idempotent: own.idempotent ?? options.idempotent ?? defaults.idempotentSkills.includes(skill),
    ...(timeoutMs === undefined ? {} : { replyTimeoutMs: timeoutMs }),
  };
}
