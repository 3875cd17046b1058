import Messages;
import flash.events.Event;
import flash.events.IOErrorEvent;
import flash.net.ObjectEncoding;
import flash.net.URLLoader;
import flash.net.URLLoaderDataFormat;
import flash.net.URLRequest;
import flash.net.URLRequestMethod;
import flash.utils.ByteArray;

/** Sends Flex messages in AMF3, one a packet, as the AMFChannel of the Flex SDK does. **/
class Channel {
	static inline final AMF3_PACKET = 3;
	static inline final STRICT_ARRAY = 0x0a;
	static inline final AVM_PLUS = 0x11;

	final url:String;
	final token:Null<String>;
	var client = "nil"; // the id that the gateway gives in its first answer
	var sent = 0;

	/** To an address; with a token, if no login is to come. **/
	public function new(url:String, ?token:String) {
		this.url = url;
		this.token = token;
	}

	// [docs:send]
	/** Sends a message; the answer is an AcknowledgeMessage, which may be an ErrorMessage. **/
	public function send(message:Message, answered:AcknowledgeMessage->Void):Void {
		message.headers.DSId = client;
		final request = new URLRequest(url);
		request.method = URLRequestMethod.POST;
		request.contentType = "application/x-amf";
		request.data = packet(message);
		final loader = new URLLoader();
		loader.dataFormat = URLLoaderDataFormat.BINARY;
		loader.addEventListener(IOErrorEvent.IO_ERROR, event -> Report.fail(event.text));
		loader.addEventListener(Event.COMPLETE, _ -> {
			final answer = read(loader.data);
			if (answer.headers.DSId != null)
				client = answer.headers.DSId;
			answered(answer);
		});
		loader.load(request);
	}
	// [docs:end]

	function packet(message:Message):ByteArray {
		final bytes = new ByteArray();
		bytes.writeShort(AMF3_PACKET);
		bytes.writeShort(token == null ? 0 : 1);
		if (token != null)
			writeHeader(bytes, "wstoken", token);
		bytes.writeShort(1);
		bytes.writeUTF("null");
		bytes.writeUTF('/${++sent}');
		bytes.writeInt(-1); // its length: unknown
		bytes.writeByte(STRICT_ARRAY);
		bytes.writeInt(1);
		bytes.writeByte(AVM_PLUS);
		bytes.objectEncoding = ObjectEncoding.AMF3;
		bytes.writeObject(message);
		return bytes;
	}

	function writeHeader(bytes:ByteArray, name:String, value:String):Void {
		bytes.writeUTF(name);
		bytes.writeBoolean(false); // need not be understood
		bytes.writeInt(-1);
		bytes.objectEncoding = ObjectEncoding.AMF0;
		bytes.writeObject(value);
	}

	/** The message in an answer, which has no headers and one body. **/
	function read(bytes:ByteArray):AcknowledgeMessage {
		bytes.position = 6;
		bytes.readUTF();
		bytes.readUTF();
		bytes.readInt();
		if (bytes.readByte() != AVM_PLUS)
			throw "The answer is not in AMF3";
		bytes.objectEncoding = ObjectEncoding.AMF3;
		return cast(bytes.readObject(), AcknowledgeMessage);
	}
}
