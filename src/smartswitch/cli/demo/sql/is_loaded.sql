-- is_loaded: whether the demonstration is in the database already.
SELECT EXISTS (SELECT FROM peer WHERE key = 'corner-shop-pbx')
