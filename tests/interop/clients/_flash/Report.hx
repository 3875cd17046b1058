import flash.external.ExternalInterface;
import flash.text.TextField;
import flash.text.TextFormat;
import flash.utils.ByteArray;

/** Hands lines over to the page around the program, and shows them. **/
class Report {
	static inline final WIDTH = 140;
	static final shown = field();

	/** A case that gave a value. **/
	public static function value(name:String, value:Dynamic):Void {
		line(name, {"case": name, "value": plain(value)});
	}

	/** A case that gave a fault: any object with its six members. **/
	public static function fault(name:String, status:Dynamic):Void {
		line(name, {"case": name, "fault": plain(status)});
	}

	/** A case that Flash has no way to call. **/
	public static function cannot(name:String, reason:String):Void {
		line(name, {"case": name, "cannot": reason});
	}

	/** The program is done. **/
	public static function end():Void {
		ExternalInterface.call("end", "");
	}

	/** The program has to stop. **/
	public static function fail(reason:String):Void {
		ExternalInterface.call("end", reason);
	}

	static function line(name:String, members:Dynamic):Void {
		final json = haxe.Json.stringify(members);
		shown.appendText('$name  $json'.substr(0, WIDTH) + "\n");
		ExternalInterface.call("line", json);
	}

	static function field():TextField {
		final field = new TextField();
		field.width = flash.Lib.current.stage.stageWidth;
		field.height = flash.Lib.current.stage.stageHeight;
		field.defaultTextFormat = new TextFormat("_typewriter", 11);
		flash.Lib.current.addChild(field);
		return field;
	}

	static function plain(value:Dynamic):Dynamic {
		if (Std.isOfType(value, Float))
			return value == 0 && 1 / value < 0 ? "-0" : value; // which JSON writes as 0
		if (value == null || Std.isOfType(value, Bool) || Std.isOfType(value, String))
			return value;
		if (Std.isOfType(value, Date))
			return instant(value);
		if (Std.isOfType(value, ByteArray))
			return haxe.crypto.Base64.encode(haxe.io.Bytes.ofData(value));
		if (Std.isOfType(value, Array))
			return (value : Array<Dynamic>).map(plain);
		final members:Dynamic = {};
		for (name in Reflect.fields(value))
			Reflect.setField(members, name, plain(Reflect.field(value, name)));
		return members;
	}

	/** RFC 3339, in UTC. **/
	static function instant(date:Date):String {
		final milliseconds = StringTools.lpad(Std.string(date.getTime() % 1000), "0", 3);
		final day = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()].map(two).join("-");
		final time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
		return '${day}T$time.${milliseconds}Z';
	}

	static function two(number:Int):String {
		return StringTools.lpad(Std.string(number), "0", 2);
	}
}
