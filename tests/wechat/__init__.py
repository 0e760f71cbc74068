"""The WeChat side: Tencent's and other SDKs' vectors, wechatpy as a second opinion, and real HTTP."""
