import { createHash } from 'node:crypto';
import { ApiKey, createApiKeyAuthenticator, createOpenAuthenticator } from './authenticator.ts';

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
const keys = [
  { principal: 'alice', sha256: sha256('key of alice') },
  { principal: 'bob', tenant: 'acme', sha256: sha256('bobs-key').toUpperCase() },
].map((key) => ApiKey.parse(key));

describe('api-key', () => {
  const authenticator = createApiKeyAuthenticator(keys);

  it.each([
    ['x-api-key', { 'x-api-key': 'key of alice' }, { tenant: 'default', principal: 'alice' }],
    ['a bearer token', { authorization: 'Bearer bobs-key' }, { tenant: 'acme', principal: 'bob' }],
    [
      'a bearer token in lower case',
      { authorization: 'bearer  bobs-key ' },
      { tenant: 'acme', principal: 'bob' },
    ],
  ])('takes %s', (_what, headers, owner) => {
    expect(authenticator.authenticate(headers)).toEqual(owner);
  });

  it.each([
    ['nothing', {}],
    ['an empty key', { 'x-api-key': '' }],
    ['another key', { 'x-api-key': 'key of alicE' }],
    ['the hash instead of the key', { 'x-api-key': sha256('bobs-key') }],
    ['two keys', { 'x-api-key': ['key of alice', 'bobs-key'] }],
    ['another scheme', { authorization: 'Basic bobs-key' }],
    ['a bearer token of two words', { authorization: 'Bearer key of alice' }],
    ['no token', { authorization: 'Bearer ' }],
  ])('refuses %s', (_what, headers) => {
    expect(authenticator.authenticate(headers)).toBeNull();
  });

  it('says how to authenticate', () => {
    expect(authenticator.challenge).toBe('Bearer realm="a2a"');
  });
});

it('lets nobody be called anonymous', () => {
  expect(ApiKey.safeParse({ principal: 'anonymous', sha256: sha256('x') }).success).toBe(false);
});

it('takes everybody for the anonymous scope when it is open', () => {
  expect(createOpenAuthenticator().authenticate({ 'x-api-key': 'anything' })).toEqual({
    tenant: 'default',
    principal: 'anonymous',
  });
});
