# What the runtime of JAX-WS RI needs, as Debian names it: no package or page lists it.
for jar in jaxws-api jaxws-rt jaxb-api jaxb-core jaxb-impl jaxb-runtime saaj saaj-impl jws-api metro-policy mimepull \
    stax-ex stax2-api streambuffer woodstox-core gmbal FastInfoset istack-commons-runtime txw2 javax.activation \
    geronimo-annotation-1.3-spec; do
    if test -e "/usr/share/java/$jar.jar"; then printf '/usr/share/java/%s.jar:' "$jar"; fi
done
