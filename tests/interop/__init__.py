"""Real clients: each in its own language, with stubs that its own tools made from the served WSDL."""
