[${section}]
script_location = ${script_location}

[post_write_hooks]
hooks = owner
owner.type = owner
owner.text = Owner: the shop team
