-- path_of_dealer: what each dealer from below the owner down to a dealer was granted, the top one first. dealer: id.
SELECT dealer_id, dealer_key, dealer_name, granted FROM rights_of_path(%(dealer)s) ORDER BY "position"
