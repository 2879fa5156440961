"""The commands of `voicebot`: each reads its arguments, does its work, prints."""
