-- The customer's own: users, files, an application's schema, and what it hung on the platform's tables.

-- A row of the platform's, made by its services.
INSERT INTO auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, confirmation_token, recovery_token, email_change_token_new, email_change,
        last_sign_in_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at, phone, phone_confirmed_at, is_sso_user, is_anonymous, banned_until)
    SELECT '00000000-0000-0000-0000-000000000000', ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'authenticated', 'authenticated',
           CASE WHEN i % 20 > 0 THEN 'User.' || i || '@exemple.fr' END, CASE WHEN i % 20 > 0 THEN '$2a$10$' || substr(md5(i::text) || md5((-i)::text), 1, 53) END,
           CASE WHEN i % 7 > 0 THEN '2025-07-01 08:00:00+00'::timestamptz + i * interval '1 hour' END, '', '', '', '',
           '2025-11-01 08:00:00+00'::timestamptz + i * interval '13 minutes', '{"provider": "email", "providers": ["email"]}', jsonb_build_object('name', 'Zoë ' || i, 'locale', CASE WHEN i % 2 = 0 THEN 'fr' ELSE 'en' END),
           '2025-07-01 08:00:00+00'::timestamptz + i * interval '1 hour', '2025-11-01 08:00:00.123456+00', CASE WHEN i % 9 = 0 THEN '336' || lpad(i::text, 8, '0') END,
           CASE WHEN i % 18 = 0 THEN '2025-06-01 00:00:00+00'::timestamptz END, i % 20 = 5, i % 20 = 0, CASE WHEN i = 13 THEN 'infinity'::timestamptz END
    FROM generate_series(1, 240) i;
INSERT INTO auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at, id)
    SELECT id::text, id, jsonb_build_object('sub', id, 'email', email, 'email_verified', true), p, created_at, created_at, created_at, md5(id::text || p)::uuid
    FROM auth.users, unnest(ARRAY['email', 'google']) p WHERE email IS NOT NULL AND (p = 'email' OR id::text LIKE '%a');
INSERT INTO auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip) SELECT md5('s' || id)::uuid, id, created_at, updated_at, 'aal1', 'Mozilla/5.0 (test; "é")', '192.0.2.7' FROM auth.users WHERE email IS NOT NULL;
INSERT INTO auth.refresh_tokens (instance_id, token, user_id, revoked, created_at, updated_at, session_id) SELECT '00000000-0000-0000-0000-000000000000', left(md5('t' || user_id), 22), user_id, false, created_at, created_at, id FROM auth.sessions ORDER BY user_id;
INSERT INTO auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at, secret) SELECT md5('f' || id)::uuid, id, 'téléphone', 'totp', 'verified', created_at, created_at, 'JBSWY3DPEHPK3PXP' FROM auth.users WHERE id::text LIKE '%1f';
INSERT INTO auth.mfa_amr_claims SELECT id, created_at, created_at, 'password', md5('c' || id)::uuid FROM auth.sessions WHERE id::text LIKE '%3';
INSERT INTO auth.audit_log_entries SELECT '00000000-0000-0000-0000-000000000000', md5('a' || i)::uuid, json_build_object('action', 'login', 'actor_id', i), '2025-11-01 08:00:00+00', '' FROM generate_series(1, 300) i;

INSERT INTO storage.buckets (id, name, created_at, updated_at, public, file_size_limit, allowed_mime_types) VALUES
    ('avatars', 'avatars', '2025-07-01', '2025-07-01', true, 1048576, '{image/png,image/jpeg}'), ('invoices', 'invoices', '2025-07-02', '2025-07-02', false, NULL, NULL), ('empty', 'empty', '2025-07-03', '2025-07-03', false, 0, '{}');
INSERT INTO storage.objects (id, bucket_id, name, owner, owner_id, created_at, updated_at, last_accessed_at, metadata, version, user_metadata)
    SELECT md5('o' || i)::uuid, CASE WHEN i % 3 = 0 THEN 'avatars' ELSE 'invoices' END, 'user-' || i % 40 || '/2025/Facture n° ' || i || ' (été).pdf', u, u::text,
           '2025-07-01 00:00:00+00'::timestamptz + i * interval '1 hour', '2025-08-01', '2025-09-01', jsonb_build_object('eTag', '"' || md5(i::text) || '"', 'size', i * 1000, 'mimetype', 'application/pdf', 'cacheControl', 'max-age=3600'),
           md5('v' || i)::uuid::text, CASE WHEN i % 10 = 0 THEN '{"note": "été"}'::jsonb END
    FROM generate_series(1, 400) i, LATERAL (SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(1 + i % 240), 12, '0'))::uuid) AS owners (u);

-- As vault.create_secret() would have made them, but with fixed numbers and times.
INSERT INTO vault.secrets (id, name, description, secret, created_at, updated_at) VALUES
    ('6c1f8a50-0000-4000-8000-000000000001', 'stripe_key', 'payments', reverse('stripe-fixture-secret-value'), '2025-07-01', '2025-07-01'),
    ('6c1f8a50-0000-4000-8000-000000000002', NULL, '', reverse('second "secret"'), '2025-07-01', '2025-07-02');

SET SESSION AUTHORIZATION hosted_postgres;
SELECT cron.schedule('nightly', '0 3 * * *', 'select public.close_orders()'), cron.schedule('hourly', '0 * * * *', 'delete from public.carts where false') \g /dev/null

CREATE SCHEMA supabase_migrations;
CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text);
INSERT INTO supabase_migrations.schema_migrations VALUES ('20250701000000', ARRAY['create table public.profiles ()', 'select '';'''], 'profiles'), ('20250702000000', NULL, 'orders');

SET search_path = public;
CREATE EXTENSION citext SCHEMA extensions;
CREATE TYPE order_state AS ENUM ('cart', 'paid', 'sent');
CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, username extensions.citext UNIQUE, avatar uuid REFERENCES storage.objects, website text, updated_at timestamptz);
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, buyer uuid NOT NULL DEFAULT auth.uid() REFERENCES profiles, state order_state NOT NULL DEFAULT 'cart', total numeric(10, 2) NOT NULL CHECK (total >= 0),
    label text GENERATED ALWAYS AS ('n° ' || total) STORED, placed timestamptz NOT NULL DEFAULT now());
CREATE TABLE carts (id serial PRIMARY KEY, owner uuid REFERENCES auth.users, content jsonb);
CREATE TABLE invoices (number text PRIMARY KEY, order_id bigint REFERENCES orders, bucket text DEFAULT 'invoices', path text);
INSERT INTO profiles (id, username, avatar, updated_at) SELECT id, 'User' || row_number() OVER (ORDER BY id), NULL, created_at FROM auth.users;
UPDATE profiles SET avatar = md5('o3')::uuid WHERE username = 'user4';
INSERT INTO orders (buyer, state, total, placed) SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(1 + i % 240), 12, '0'))::uuid, (enum_range(NULL::order_state))[1 + i % 3], i * 1.37, '2025-08-01 10:00:00+00'::timestamptz + i * interval '20 minutes' FROM generate_series(1, 3000) i;
INSERT INTO carts (owner, content) SELECT id, '{"items": []}' FROM profiles WHERE id::text LIKE '%7';
INSERT INTO invoices SELECT 'F2025-' || lpad(i::text, 6, '0'), i, 'invoices', 'user-' || i % 40 || '/2025/Facture n° ' || i || ' (été).pdf' FROM generate_series(1, 400) i WHERE i % 3 > 0;
CREATE VIEW order_totals AS SELECT buyer, sum(total) AS total FROM orders GROUP BY buyer;
CREATE MATERIALIZED VIEW users_per_locale AS SELECT raw_user_meta_data ->> 'locale' AS locale, count(*) FROM auth.users GROUP BY 1;
CREATE FUNCTION close_orders() RETURNS void LANGUAGE sql SET search_path TO 'public' AS $$ UPDATE orders SET state = 'sent' WHERE state = 'paid' $$;
-- Run for each row a restore puts into auth.users, this would make profiles that the restore then brings again.
CREATE FUNCTION handle_new_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path TO '' AS $$
BEGIN
    INSERT INTO public.profiles (id, username, updated_at) VALUES (NEW.id, NEW.raw_user_meta_data ->> 'name', now());
    RETURN NEW;
END $$;

ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY "Public profiles are viewable by everyone." ON profiles FOR SELECT USING (true);
CREATE POLICY "Users can update own profile." ON profiles FOR UPDATE TO authenticated USING ((SELECT auth.uid()) = id) WITH CHECK ((SELECT auth.uid()) = id);
CREATE POLICY "Own orders" ON orders TO authenticated USING (auth.uid() = buyer);
REVOKE ALL ON invoices FROM anon;
GRANT SELECT ON order_totals TO shop_reporting;
CREATE TRIGGER send_hook AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION supabase_functions.http_request('https://hooks.example.invalid/orders', 'POST');
ALTER PUBLICATION supabase_realtime ADD TABLE orders, profiles;
CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION handle_new_user();
CREATE TRIGGER "on email change" AFTER UPDATE OF email ON auth.users FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION handle_new_user();
RESET SESSION AUTHORIZATION;
ALTER TABLE auth.users DISABLE TRIGGER "on email change";

-- Policies on the platform's tables: the customer's, though only supautils lets the customer create them; here a superuser does.
SET SESSION AUTHORIZATION supabase_admin;
CREATE POLICY "Avatar images are publicly accessible." ON storage.objects FOR SELECT USING (bucket_id = 'avatars');
CREATE POLICY "Own invoices" ON storage.objects TO authenticated USING (bucket_id = 'invoices' AND (SELECT auth.uid()) = owner) WITH CHECK (bucket_id = 'invoices' AND (storage.foldername(name))[1] = auth.uid()::text);
CREATE POLICY "See buckets" ON storage.buckets FOR SELECT TO authenticated USING (true);
CREATE POLICY "listen to own topic" ON realtime.messages FOR SELECT TO authenticated USING (realtime.topic() = auth.uid()::text);
RESET SESSION AUTHORIZATION;
