# What Axis and its WSDL2Java need, as Debian names it.
for jar in axis commons-logging commons-discovery wsdl4j jaxrpc saaj saaj-api javax.activation activation mail \
    javax.mail; do
    if test -e "/usr/share/java/$jar.jar"; then printf '/usr/share/java/%s.jar:' "$jar"; fi
done
