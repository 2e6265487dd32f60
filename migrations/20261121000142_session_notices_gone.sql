-- Its rows are in `notices` now, which every slice uses.
DROP TABLE session_notices;
