/** The kinds of connections: what each is for, and the fields that it takes. */

import { BadgeCheck, Bot, Braces, CloudCog, Database, FileKey2, Fingerprint, Hash, KeyRound, LockKeyhole, ShieldCheck, Webhook, type LucideIcon } from "lucide-react";

export type FieldKind = "text" | "url" | "secret" | "lines" | "secret-lines" | "select" | "list" | "pairs" | "secret-pairs" | "switch" | "number";

export interface KindField {
  name: string;
  label: string;
  kind: FieldKind;
  required?: boolean;
  options?: readonly string[];
  placeholder?: string;
  hint?: string;
  fallback?: unknown;
  /** Shown only where another field has a value. */
  when?: readonly [string, string];
}

export interface Kind {
  kind: string;
  title: string;
  about: string;
  icon: LucideIcon;
  fields: readonly KindField[];
}

const HTTP: readonly KindField[] = [
  { name: "base_url", label: "Base address", kind: "url", required: true, placeholder: "https://api.example.com/v1", hint: "The credential goes to this site only" },
];
const MORE: readonly KindField[] = [
  { name: "test_path", label: "Path that a test gets", kind: "text", fallback: "/" },
  { name: "hosts", label: "Further hosts", kind: "list", placeholder: "uploads.example.com", hint: "Sites that get the credential too" },
];
const http = (...own: KindField[]): readonly KindField[] => [...HTTP, ...own, ...MORE];

export const KINDS: readonly Kind[] = [
  {
    kind: "api_key", title: "API key", about: "A key in a header or in the query", icon: KeyRound,
    fields: http(
      { name: "key", label: "Key", kind: "secret", required: true },
      { name: "place", label: "Sent in", kind: "select", options: ["header", "query"], fallback: "header" },
      { name: "field", label: "Name of the header or parameter", kind: "text", fallback: "x-api-key" },
      { name: "prefix", label: "Text before the key", kind: "text", placeholder: "Key " },
    ),
  },
  {
    kind: "digest", title: "Digest", about: "User name and password, of which only a hash is sent", icon: Hash,
    fields: http(
      { name: "username", label: "User name", kind: "text", required: true },
      { name: "password", label: "Password", kind: "secret", required: true },
    ),
  },
  { kind: "bearer", title: "Bearer token", about: "A token that does not change", icon: BadgeCheck, fields: http({ name: "token", label: "Token", kind: "secret", required: true }) },
  {
    kind: "oauth2", title: "OAuth 2.0", about: "You agree at the provider once, or client credentials", icon: ShieldCheck,
    fields: http(
      { name: "grant", label: "Grant", kind: "select", options: ["authorization_code", "client_credentials"], fallback: "authorization_code" },
      { name: "authorize_url", label: "Authorization address", kind: "url", required: true, placeholder: "https://example.com/oauth/authorize", when: ["grant", "authorization_code"] },
      { name: "token_url", label: "Token address", kind: "url", required: true, placeholder: "https://example.com/oauth/token" },
      { name: "client_id", label: "Client id", kind: "text", required: true },
      { name: "client_secret", label: "Client secret", kind: "secret" },
      { name: "scopes", label: "Scopes", kind: "list", placeholder: "read write" },
      { name: "client_authentication", label: "Client authentication", kind: "select", options: ["basic", "post", "none"], fallback: "basic" },
      { name: "parameters", label: "Further parameters of the consent page", kind: "pairs", fallback: {} },
    ),
  },
  { kind: "basic", title: "User and password", about: "HTTP Basic authentication", icon: LockKeyhole, fields: http({ name: "username", label: "User", kind: "text", required: true }, { name: "password", label: "Password", kind: "secret", required: true }) },
  {
    kind: "database", title: "Database", about: "PostgreSQL, MySQL, MariaDB, SQL Server, SQLite, MongoDB", icon: Database,
    fields: [
      { name: "engine", label: "Engine", kind: "select", options: ["postgresql", "mysql", "mariadb", "sqlserver", "sqlite", "mongodb"], fallback: "postgresql", required: true },
      { name: "url", label: "Address", kind: "secret", required: true, placeholder: "postgresql://user:password@host/name" },
      { name: "read_only", label: "Only read", kind: "switch", fallback: false },
    ],
  },
  {
    kind: "ai_provider", title: "Language model", about: "OpenAI, Anthropic, or a server that speaks like them", icon: Bot,
    fields: [
      { name: "provider", label: "Provider", kind: "select", options: ["openai", "anthropic"], fallback: "anthropic", required: true },
      { name: "model", label: "Model", kind: "text", required: true, placeholder: "claude-sonnet-4-5" },
      { name: "key", label: "Key", kind: "secret", hint: "A server of your own may need none" },
      { name: "base_url", label: "Address, if not the provider's own", kind: "url" },
      { name: "input_price", label: "Price of a million input tokens", kind: "number" },
      { name: "output_price", label: "Price of a million output tokens", kind: "number" },
    ],
  },
  { kind: "signing_secret", title: "Signing secret", about: "What webhooks are verified with", icon: Webhook, fields: [{ name: "secret", label: "Secret, or the provider's public key", kind: "secret-lines", required: true }] },
  {
    kind: "aws_role", title: "AWS role", about: "Signature Version 4 with a role's credentials", icon: CloudCog,
    fields: http(
      { name: "role_arn", label: "Role", kind: "text", required: true, placeholder: "arn:aws:iam::123456789012:role/statewright-orders" },
      { name: "service", label: "Service", kind: "text", required: true, placeholder: "execute-api" },
      { name: "region", label: "Region", kind: "text", required: true, placeholder: "eu-central-1" },
    ),
  },
  {
    kind: "client_certificate", title: "Client certificate", about: "Mutual TLS", icon: FileKey2,
    fields: http(
      { name: "certificate", label: "Certificate (PEM)", kind: "lines", required: true, placeholder: "-----BEGIN CERTIFICATE-----" },
      { name: "private_key", label: "Private key (PEM)", kind: "secret-lines", required: true },
      { name: "passphrase", label: "Passphrase", kind: "secret" },
    ),
  },
  {
    kind: "oauth1", title: "OAuth 1.0a", about: "Signed requests, as older services want them", icon: Fingerprint,
    fields: http(
      { name: "consumer_key", label: "Consumer key", kind: "text", required: true },
      { name: "consumer_secret", label: "Consumer secret", kind: "secret", required: true },
      { name: "signature_method", label: "Signature", kind: "select", options: ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT"], fallback: "HMAC-SHA1" },
      { name: "request_token_url", label: "Request token address", kind: "url" },
      { name: "authorize_url", label: "Authorization address", kind: "url" },
      { name: "access_token_url", label: "Access token address", kind: "url" },
      { name: "token", label: "Token", kind: "secret" },
      { name: "token_secret", label: "Token secret", kind: "secret" },
      { name: "realm", label: "Realm", kind: "text" },
    ),
  },
  {
    kind: "custom", title: "Custom", about: "Headers and parameters made of your own fields", icon: Braces,
    fields: http(
      { name: "fields", label: "Fields", kind: "pairs", fallback: {} },
      { name: "secrets", label: "Secrets", kind: "secret-pairs", fallback: {} },
      { name: "headers", label: "Headers", kind: "pairs", fallback: {}, hint: "{name} stands for a field or a secret" },
      { name: "query", label: "Query parameters", kind: "pairs", fallback: {} },
    ),
  },
];

export const kindOf = (name: string): Kind | undefined => KINDS.find(({ kind }) => kind === name);

export type Auth = Record<string, unknown>;

/** The fields that are asked for, given what was entered. */
export const shown = (kind: Kind, auth: Auth): readonly KindField[] =>
  kind.fields.filter(({ when }) => when === undefined || auth[when[0]] === when[1]);

/** What a new connection of a kind begins with. */
export const begin = (kind: Kind, settings: Auth = {}): Auth =>
  Object.fromEntries([
    ["kind", kind.kind],
    ...kind.fields.flatMap(({ name, fallback }) => {
      const value = settings[name] ?? fallback;
      return value === undefined ? [] : [[name, value]];
    }),
  ]);

/** What is sent: fields that are shown and not empty. */
export function complete(kind: Kind, auth: Auth): Auth {
  const sent = shown(kind, auth).map(({ name }) => [name, auth[name]] as const).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries([["kind", kind.kind], ...sent]);
}
