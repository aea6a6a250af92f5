# there STAGING: whether there is any of it.
[ ! -e "$1" ] || echo there
