-- Triggers of every kind, in every state. None may run while a restore loads rows: each would leave its mark in fx.trigger_log.

SET ROLE fx_owner;
CREATE TABLE fx.trigger_log (n bigint GENERATED ALWAYS AS IDENTITY, what text, note text);
CREATE TABLE fx.watched (id integer PRIMARY KEY, t text, n integer);
INSERT INTO fx.watched SELECT i, 't' || i, i FROM generate_series(1, 25) i;
CREATE FUNCTION fx.log_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fx.trigger_log (what, note) VALUES (TG_OP || ' ' || TG_NAME, TG_ARGV[0]);
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION fx.log_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fx.trigger_log (what, note) SELECT TG_NAME, count(*)::text FROM new_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER before_row BEFORE INSERT OR UPDATE OR DELETE ON fx.watched FOR EACH ROW EXECUTE FUNCTION fx.log_it('an ''argument'' \', 'é');
CREATE TRIGGER after_columns AFTER UPDATE OF t, n ON fx.watched FOR EACH ROW WHEN (OLD.t IS DISTINCT FROM NEW.t) EXECUTE FUNCTION fx.log_it();
CREATE TRIGGER before_truncate BEFORE TRUNCATE ON fx.watched FOR EACH STATEMENT EXECUTE FUNCTION fx.log_it();
CREATE TRIGGER with_new_rows AFTER INSERT ON fx.watched REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION fx.log_rows();
CREATE CONSTRAINT TRIGGER checked_late AFTER INSERT OR UPDATE ON fx.watched DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.n > 10) EXECUTE FUNCTION fx.log_it();
CREATE CONSTRAINT TRIGGER from_other AFTER DELETE ON fx.watched FROM fx.products FOR EACH ROW EXECUTE FUNCTION fx.log_it();
CREATE TRIGGER "Disabled %" BEFORE INSERT ON fx.watched FOR EACH ROW EXECUTE FUNCTION fx.log_it();
CREATE TRIGGER always_on BEFORE INSERT ON fx.watched FOR EACH ROW EXECUTE FUNCTION fx.log_it();
CREATE TRIGGER replica_only BEFORE INSERT ON fx.watched FOR EACH ROW EXECUTE FUNCTION fx.log_it();
ALTER TABLE fx.watched DISABLE TRIGGER "Disabled %";
ALTER TABLE fx.watched ENABLE ALWAYS TRIGGER always_on;
ALTER TABLE fx.watched ENABLE REPLICA TRIGGER replica_only;
CREATE TRIGGER on_view INSTEAD OF INSERT ON fx.per_shop FOR EACH ROW EXECUTE FUNCTION fx.log_it();
RESET ROLE;
-- On a partitioned table, and disabled on one partition alone.
CREATE TRIGGER on_orders AFTER INSERT OR DELETE ON fx_parts.orders FOR EACH ROW EXECUTE FUNCTION fx.log_it();
ALTER TABLE fx_parts.orders_2023 DISABLE TRIGGER on_orders;
CREATE TRIGGER on_partition BEFORE UPDATE ON fx_parts.orders_2024_fr FOR EACH ROW EXECUTE FUNCTION fx.log_it();
CREATE TRIGGER touch BEFORE UPDATE ON fx.texts FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
COMMENT ON TRIGGER before_row ON fx.watched IS 'the first';
