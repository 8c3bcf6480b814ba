import { CoreMessage, Plan, type JsonObject } from '@bridge/contracts';
import fc from 'fast-check';
import { planOf, type PlanResult } from './plan.ts';

type Parts = CoreMessage['parts'];

const message = (parts: Parts, metadata?: JsonObject): CoreMessage =>
  CoreMessage.parse({ messageId: 'm', role: 'user', parts, ...(metadata === undefined ? {} : { metadata }) });

const workflow = (...steps: JsonObject[]) =>
  planOf(message([{ data: { skill: 'orchestration', workflow: { schemaVersion: 1, steps } } }]));

const fault = (result: PlanResult): string => {
  if (result.ok) throw new Error('expected a refusal');
  expect(result.code).toBe('WORKFLOW_INVALID');
  return result.message;
};
const planned = (result: PlanResult): Plan => {
  if (!result.ok) throw new Error(result.message);
  return Plan.parse(result.plan);
};

describe('a plain message', () => {
  it('is one task: its text unchanged, its other parts for the agent', () => {
    const plan = planned(
      planOf(message([{ text: ' a ' }, { url: 'http://x/y' }, { text: 'b\n' }, { data: { skill: 7 } }])),
    );
    expect(plan).toEqual({
      skill: 'task_execution',
      decidedBy: 'default',
      reason: 'nothing names a skill, so it is one task',
      onExhausted: 'park',
      steps: [
        {
          id: 'task',
          description: ' a \nb\n',
          dependsOn: [],
          idempotent: false,
          parts: [{ url: 'http://x/y' }, { data: { skill: 7 } }],
        },
      ],
    });
  });

  it.each([
    [[{ text: '' }]],
    [[{ text: ' \n' }]],
    [[{ data: { a: 1 } }]],
    [[{ data: { skill: 'task_execution' } }]],
  ] as Parts[][])('without words is refused: %j', (parts) => {
    expect(fault(planOf(message(parts)))).toBe(
      'the message has no text, and no data part gives a description',
    );
  });

  it('takes options from the metadata', () => {
    const plan = planned(
      planOf(
        message([{ text: 'x' }], {
          'a2a-bridge': { onExhausted: 'fail', idempotent: true, agent: 'w', timeoutMs: 5, other: 1 },
        }),
      ),
    );
    expect(plan).toMatchObject({
      onExhausted: 'fail',
      steps: [{ idempotent: true, agent: 'w', replyTimeoutMs: 5 }],
    });
  });

  it('names the option that is wrong', () => {
    expect(fault(planOf(message([{ text: 'x' }], { 'a2a-bridge': { timeoutMs: 0 } })))).toContain(
      "metadata['a2a-bridge'].timeoutMs",
    );
    expect(fault(planOf(message([{ text: 'x' }], { 'a2a-bridge': 'fail' })))).toContain(
      "metadata['a2a-bridge']",
    );
  });
});

describe('a named skill', () => {
  it('comes from a data part before the metadata before the words', () => {
    const data = {
      data: { skill: 'task_execution', description: 'from the data part', capability: 'testing' },
    };
    expect(
      planned(planOf(message([{ text: 'orchestrate' }, data], { skill: 'orchestration' }))),
    ).toMatchObject({
      skill: 'task_execution',
      decidedBy: 'data-part',
      steps: [{ description: 'from the data part', capability: 'testing', parts: [{ text: 'orchestrate' }] }],
    });
    expect(planned(planOf(message([{ text: 'orchestrate' }], { skill: 'task_execution' })))).toMatchObject({
      decidedBy: 'metadata',
    });
  });

  it('that is none of ours is a required capability', () => {
    expect(planned(planOf(message([{ text: 'x' }], { skill: 'campaign_management' })))).toMatchObject({
      skill: 'campaign_management',
      steps: [{ capability: 'campaign_management', description: 'x' }],
    });
  });

  it('decides what may run twice where the deployment says so', () => {
    const defaults = { onExhausted: 'fail', idempotentSkills: ['task_execution'] } as const;
    expect(planned(planOf(message([{ text: 'x' }]), defaults))).toMatchObject({
      onExhausted: 'fail',
      steps: [{ idempotent: true }],
    });
  });

  it.each([
    [
      [{ data: { skill: 'a' } }, { data: { skill: 'b' } }],
      undefined,
      'parts[0] and parts[1] both name a skill',
    ],
    [[{ data: { skill: 'x', description: 'd', capabilty: 'y' } }], undefined, 'capabilty'],
    [[{ data: { skill: '' } }], undefined, 'data part.skill'],
    [[{ text: 'x' }], { skill: 7 }, 'metadata.skill'],
    [[{ text: 'x' }], { skill: 'orchestration' }, 'workflow is missing'],
    [[{ data: { skill: 'orchestration', description: 'd' } }], undefined, 'workflow is missing'],
  ] as [Parts, JsonObject | undefined, string][])('%j %j is refused', (parts, metadata, why) => {
    expect(fault(planOf(message(parts, metadata)))).toContain(why);
  });
});

describe('a submitted workflow', () => {
  it("is read as today's step lists are written", () => {
    const plan = planned(
      workflow(
        { id: 'step_1', type: 'analysis', description: 'look', estimated_duration: 300, agent: 'w1' },
        {
          id: 'step_2',
          description: 'do',
          depends_on: ['step_1'],
          idempotent: true,
          timeoutMs: 100,
          capability: 'testing',
        },
      ),
    );
    expect(plan).toMatchObject({
      skill: 'orchestration',
      steps: [
        {
          id: 'step_1',
          type: 'analysis',
          description: 'look',
          agent: 'w1',
          dependsOn: [],
          idempotent: false,
        },
        { id: 'step_2', dependsOn: ['step_1'], idempotent: true, replyTimeoutMs: 100, capability: 'testing' },
      ],
    });
  });

  const step = (id: string, ...parents: string[]): JsonObject => ({
    id,
    description: 'd',
    depends_on: parents,
  });

  it.each([
    [[step('a'), step('a')], "step 'a': there is another step with this id"],
    [[step('a', 'b')], "step 'a': depends_on names 'b', which is no step of this workflow"],
    [[step('a', 'a')], "step 'a': depends on itself (a -> a)"],
    [
      [step('r'), step('a', 'c', 'r'), step('b', 'a'), step('c', 'b'), step('d', 'c')],
      'depends on itself (a -> c -> b -> a)',
    ],
    [[step('a'), step('b', 'a', 'a')], "step 'b': depends_on names a step twice"],
    [[step('a b')], "step 'a b' (data part.workflow.steps[0].id)"],
    [[step('a'), { id: 'b', description: '' }], "step 'b' (data part.workflow.steps[1].description)"],
    [[{ description: 'd' }], 'step 1 (data part.workflow.steps[0].id)'],
    [[{ id: 'a', description: 'd', dependsOn: [] }], 'dependsOn'],
    [[{ id: 'a', description: 'd', timeoutMs: 1.5 }], "step 'a' (data part.workflow.steps[0].timeoutMs)"],
    [[], 'data part.workflow.steps'],
    [Array.from({ length: 1001 }, (_, index) => step(String(index))), 'data part.workflow.steps'],
    [[{ id: 'a', description: 'd'.repeat(300_000) }], "step 'a'"],
  ])('is refused, naming the step (%#)', (steps, why) => {
    expect(fault(workflow(...steps))).toContain(why);
  });

  it('may have 1,000 steps', () => {
    const steps = Array.from({ length: 1000 }, (_, index) =>
      step(`s${String(index)}`, ...(index === 0 ? [] : [`s${String(index - 1)}`])),
    );
    expect(planned(workflow(...steps)).steps).toHaveLength(1000);
  });

  it('of a newer schema version is refused', () => {
    expect(
      fault(
        planOf(
          message([{ data: { skill: 'orchestration', workflow: { schemaVersion: 2, steps: [step('a')] } } }]),
        ),
      ),
    ).toContain('schemaVersion');
  });
});

it('answers every data part with a valid plan or a reason', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.option(fc.jsonValue()), (data, options) => {
      const parts = [{ data: { skill: 'orchestration', workflow: data } }] as unknown as Parts;
      const result = planOf(message(parts, { 'a2a-bridge': options } as JsonObject));
      if (result.ok) Plan.parse(result.plan);
      else expect(result.message).not.toBe('');
    }),
  );
});
