-- read_hunting_classes: every hunting class. No parameters.
SELECT id, metrics, mode, price_step, ratio_step_percent, max_attempts, stop_codes, pdd_timeout_s
FROM hunting_class
