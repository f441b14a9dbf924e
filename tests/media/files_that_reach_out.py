"""Files that try to make a decoder read other files or the network."""

from __future__ import annotations

import struct

from .cases import ACCEPT, Cases
from .media_factory import MediaFactory

REACHING = Cases()


def _hls(*lines: str) -> bytes:
    head = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:5\n#EXT-X-MEDIA-SEQUENCE:0\n"
    return (head + "\n".join(lines) + "\n#EXT-X-ENDLIST\n").encode()


@REACHING.add("a01", "not_audio")
def hls_to_a_text_file(shop: MediaFactory) -> bytes:
    return _hls("#EXTINF:5,", f"{shop.tenant}/secret.txt")


@REACHING.add("a02", "not_audio")
def hls_to_another_tenants_mp3(shop: MediaFactory) -> bytes:
    return _hls("#EXTINF:5,", f"{shop.tenant}/canary.mp3")


@REACHING.add("a03", "not_audio")
def hls_to_another_tenants_ts(shop: MediaFactory) -> bytes:
    return _hls("#EXTINF:5,", f"file://{shop.tenant}/canary.ts")


@REACHING.add("a04", "not_audio")
def hls_to_http(shop: MediaFactory) -> bytes:
    return _hls("#EXTINF:5,", f"{shop.url}/canary.mp3")


def _dash(base: str) -> bytes:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT3S"><Period><AdaptationSet mimeType="audio/mp4">'
        f'<Representation id="1" bandwidth="1000"><BaseURL>{base}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>"
    ).encode()


@REACHING.add("a05", "not_audio")
def dash_to_http(shop: MediaFactory) -> bytes:
    return _dash(f"{shop.url}/canary.mp3")


@REACHING.add("a06", "not_audio")
def hls_key_from_a_file(shop: MediaFactory) -> bytes:
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{shop.tenant}/secret.txt"'
    return _hls(key, "#EXTINF:5,", f"{shop.tenant}/canary.ts")


@REACHING.add("a07", "not_audio")
def hls_master_list_to_a_list(shop: MediaFactory) -> bytes:
    return _hls("#EXT-X-STREAM-INF:BANDWIDTH=1000", f"concat:{shop.tenant}/canary.mp3")


@REACHING.add("a08", "not_audio")
def hls_key_from_http(shop: MediaFactory) -> bytes:
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{shop.url}/key"'
    return _hls(key, "#EXTINF:5,", f"{shop.tenant}/canary.ts")


@REACHING.add("a09", "not_audio")
def hls_map_from_a_file(shop: MediaFactory) -> bytes:
    return _hls(f'#EXT-X-MAP:URI="{shop.tenant}/canary.mp3"', "#EXTINF:5,", "x.mp3")


@REACHING.add("a10", "not_audio")
def concat_list_to_an_absolute_path(shop: MediaFactory) -> bytes:
    return f"ffconcat version 1.0\nfile '{shop.tenant}/canary.mp3'\n".encode()


@REACHING.add("a11", "not_audio")
def concat_list_to_a_parent_folder(shop: MediaFactory) -> bytes:
    return b"ffconcat version 1.0\nfile ../tenant/canary.mp3\n"


@REACHING.add("a12", "not_audio")
def concat_list_to_http(shop: MediaFactory) -> bytes:
    return f"ffconcat version 1.0\nfile {shop.url}/canary.mp3\n".encode()


@REACHING.add("a13", "not_audio")
def concat_list_to_a_neighbour(shop: MediaFactory) -> bytes:
    return b"ffconcat version 1.0\nfile canary.mp3\n"


@REACHING.add("a14", "not_audio")
def dash_to_a_file(shop: MediaFactory) -> bytes:
    return _dash(f"file://{shop.tenant}/canary.mp3")


@REACHING.add("a15", "not_audio")
def session_description(shop: MediaFactory) -> bytes:
    return b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 14\r\n"


@REACHING.add("a16", "not_audio")
def asx_to_http(shop: MediaFactory) -> bytes:
    return f'<asx version="3.0"><entry><ref href="{shop.url}/canary.mp3"/></entry></asx>'.encode()


@REACHING.add("a17", "video")
def avi_with_a_playlist_as_subtitles(shop: MediaFactory) -> bytes:
    playlist = hls_to_another_tenants_mp3(shop)
    gab2 = b"GAB2\0\2\0" + struct.pack("<I", 0) + b"\4\0" + struct.pack("<I", len(playlist))
    chunk = b"01tx" + struct.pack("<I", len(gab2 + playlist)) + gab2 + playlist
    movi = b"LIST" + struct.pack("<I", 4 + len(chunk)) + b"movi" + chunk
    return b"RIFF" + struct.pack("<I", 4 + len(movi)) + b"AVI " + movi


@REACHING.add("a18", "not_audio")
def svg_with_external_references(shop: MediaFactory) -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<image xlink:href="{shop.url}/x.png"/><image xlink:href="file://{shop.tenant}/secret.txt"/></svg>'
    ).encode()


@REACHING.add("a19", "not_audio")
def svg_of_a_quarter_billion_pixels(shop: MediaFactory) -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="16000" height="16000"><rect/></svg>'


@REACHING.add("a20", "not_audio")
def playlist_behind_an_id3_tag(shop: MediaFactory) -> bytes:
    return b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + hls_to_another_tenants_mp3(shop)


@REACHING.add("a21", ACCEPT)
def playlist_in_front_of_real_mp3(shop: MediaFactory) -> bytes:
    """Valid both as a playlist and as an MP3; only the MP3 may be decoded."""
    return hls_to_another_tenants_mp3(shop) + shop.mp3()


@REACHING.add("a22", "damaged", "too_short", ACCEPT)
def mp4_whose_samples_lie_in_another_file(shop: MediaFactory) -> bytes:
    """`dref` refers to samples at an absolute path."""
    m4a = shop.m4a()
    at = m4a.index(b"dref")
    url = b"url \0\0\0\0" + f"file://{shop.tenant}/canary.mp3".encode() + b"\0"
    # the longer entry overwrites the next box
    return m4a[: at + 12] + struct.pack(">I", 4 + len(url)) + url + m4a[at + 24 :]
