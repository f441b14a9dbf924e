BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE dj_rules (
	version INTEGER NOT NULL, 
	rules TEXT NOT NULL, 
	user_id VARCHAR NOT NULL, 
	updated_at DATETIME NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "dj_rules" VALUES(1,'{"max_stretch_percent":5.0,"return_bars":8,"preferred_bars":16,"allowed_kinds":["blend","stem_swap","sweep","echo","cut","fade","gap"],"max_pitch_semitones":0,"max_vocal_overlap_s":0.5,"max_trim_share":0.4,"energy_arc":[0.2,0.9,0.4],"overlays":"sometimes","loudness_lufs":-14.0}','cdb011805582a972f88ee86441d3f1d6','2026-11-30 00:20:51.816332');
CREATE TABLE exchange_codes (
	digest VARCHAR NOT NULL, 
	browser_digest VARCHAR NOT NULL, 
	issuer VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	is_ticket BOOLEAN NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE google_identities (
	issuer VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (issuer, subject), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE images (
	upload_id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	PRIMARY KEY (upload_id), 
	FOREIGN KEY(upload_id) REFERENCES uploads (id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "images" VALUES('68706181c37648f9bfb36eedc96b16c8','cdb011805582a972f88ee86441d3f1d6','68706181c37648f9bfb36eedc96b16c8.png',640,360);
CREATE TABLE job_files (
	job_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	step VARCHAR NOT NULL, 
	media_type VARCHAR, 
	size BIGINT NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	PRIMARY KEY (job_id, name), 
	FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_files" VALUES('72591a27b53166105bfb9b27d971707b','analysis.json','analysing','application/json',7171,'c7efb405e1cc6ba4712b0e040673af63de199f22795ed8d08c2bf5bc2a907119');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','order.json','ordering',NULL,257,'31a151abaf2650f6fc7db5cb909c2689adfd9cf39f2fa53eaf73bed0e95549a1');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','timeline.json','planning','application/json',9062,'98c037e789632013dbea029c503f0b5fab8c717d5fc7d27e5573eb7ca67399c5');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','joins.json','planning',NULL,2812,'b0441cc6082b8def3ac0863d3fa365478bc9bd978461e881bc417e26d77a8672');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','mix.m4a','mixing',NULL,2494824,'578026304302b697a8459cc02909b79f2b5b4a180b9c9ffa4e490b7ff07a1f71');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','mix.opus','mixing','audio/ogg',2753471,'f52019645d5ebebc03784b4cd76580350c7d09e3af195a1f72a91ec8807cafb9');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','mix.mp3','mixing','audio/mpeg',2456237,'db4a128f0989a0a99d2ce60c99841a751298d29530c2357390b535d52403c005');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','made-mix.mp3.json','mixing',NULL,153,'c410b40aed6483258b81b9dba86684ea12928905fd7a1f41049ba05ce362fe4b');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','measured-mix.mp3.npz','checking',NULL,17588,'0b783f710d4f1b2204e83156c9e4882665d7cba96c4ea721e4138399629278ac');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','heard-joins.json','checking',NULL,225,'7f41c9bb31b531c4295ecb1f4302b34b6d8f433275a1a95333927cb4d8b975f2');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','report.json','checking','application/json',3478,'97ec928dbf7276210432bbbb6fb7ad006569652991048c25441adb5cb62789b7');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','waveform.json','checking','application/json',6051,'aee20aac6c33482978e6d2ba556e5184125982daf2ca8799901060377e4fe8cc');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','mix.mp4','filming','video/mp4',2746207,'ed7443e7828b3d00f25f50669329d92eef3718199c545ba78a4e42a02f6f362a');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','thumbnail.jpg','filming','image/jpeg',54528,'bffaa719a0e92b3010caa4fa70ac91258d07a825913b0478f5a0d19a8b218889');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','tracklist.txt','describing','text/plain; charset=utf-8',42,'ddccf124e941fdcae1e32853b32569c3e724dc9174cfeafbbea690d8714d2e76');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','description.txt','describing','text/plain; charset=utf-8',97,'6fdd086e476ba54ab8d1e59bd476b43e1324f6fad8af0e2b80b14a69f34972d7');
INSERT INTO "job_files" VALUES('27efece48e844969de42289f6532ff87','words.json','describing','application/json',288,'8b8dcdc9d593fbb216ac14ec60231eceb74e2ad740b6113fb658e6958012a057');
INSERT INTO "job_files" VALUES('fd06d37197285e948f1522f99d0f37d3','timeline.json','planning','application/json',4050,'7c75d8340132a944b97855136685464de73a9ed3c00a95cc2e0fea5377c10d70');
INSERT INTO "job_files" VALUES('fd06d37197285e948f1522f99d0f37d3','preview.mp3','mixing','audio/mpeg',577511,'61af9e9f30b16d4f0c07be8e0ff3eb20d8f0bdf5fed62ebecb393c98b6120be4');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','timeline.json','planning','application/json',5731,'0f0365c1f02f1c5df67a8fe95d62fbe220673c34a519f2596268f1604f93b59d');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','joins.json','planning',NULL,2826,'91cf62c675d94c2abda8783046726de3bdf4939a2db6eb69ed4effb9f5904c19');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','mix.mp3','mixing','audio/mpeg',4121415,'13d329e8d69478fbb2d309d911aa51ab15e043d8bc63955c104a2f4f2fddc9a1');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','made-mix.mp3.json','mixing',NULL,153,'7cfa5939bdc1eac10b84be236b1db75138210c6db34332f96d4e41951c49dbf9');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','measured-mix.mp3.npz','checking',NULL,17540,'5075319b70de2aa46d6fa16ab952567c1916389bace86b36bc5981c43954b2f9');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','heard-joins.json','checking',NULL,118,'23f6e11b3b46bc9c130c59bede15c7caef3a9587e8f571965a07726b746e0d4b');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','report.json','checking','application/json',3268,'2d626a549dd7bf7bce7a23ba1c3eb3ea2b6d50b16d9cd20a1f506010cc8d0b83');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','waveform.json','checking','application/json',6045,'758bcb13622b6be8b56078215dc24b6a25096e75e76649221f9a72a9535ba3cf');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','tracklist.txt','describing','text/plain; charset=utf-8',48,'3fb71fed8994e8ca538a1e0c3d34c08d463ae4ebd573751c73e4cf2f7d6aeac5');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','description.txt','describing','text/plain; charset=utf-8',117,'550ee60e63be5c90da34564e05cd18eb3de0cc681c839b37b240c33e8c7e1b50');
INSERT INTO "job_files" VALUES('429d527eab8807031ca4ff617a87d40e','words.json','describing','application/json',334,'56bdd6e0ea470c160661b31d5e9c150ba9bc21a5804106f2475381199fa9ffed');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','timeline.json','planning','application/json',3396,'fbeaeb074d2d2e41d8120fd45180d43ba61346b4f15c3a2d0aa8df15c11df722');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','joins.json','planning',NULL,12,'32cf33d629b5c44ac11062e33dbe8240873bf1603d7919d82ffa6be0fedd46f5');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','mix.mp3','mixing','audio/mpeg',5555015,'1c92e2d55df19541d59111937a386368c142709e080d0790ae7af4833faf21d4');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','made-mix.mp3.json','mixing',NULL,153,'4c5aa6f15f0f41ff9bc0e026e65cbbaccb7d93b3bfac7f40a9366156c81a1a70');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','measured-mix.mp3.npz','checking',NULL,23268,'f84960d73b8287e268f104ffbe4df33fc983f47b64604aaeb8fc3b87c3c920de');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','report.json','checking','application/json',312,'0af2d6fd701b5a19efebcec6c511c64f5a784273c80e7e2cddf9943c2c0a0143');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','waveform.json','checking','application/json',8182,'5f637d41c6b936e3571351a9a3520c54a5300ad4f1a27b314538455b704693ca');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','tracklist.txt','describing','text/plain; charset=utf-8',48,'5076e5f0c75b671f2948c2edc391fa2c3534c59aefb11ae1a7cd6d2cc37f633d');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','description.txt','describing','text/plain; charset=utf-8',117,'77b6b2b1bc4d177523fdf5e4673b9604fe7bc845809befeb46f56584a6068788');
INSERT INTO "job_files" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','words.json','describing','application/json',334,'fc0d4cfd057cfe4e25038b635c07ce7bf82882139f02107ecde398d255bb7a4a');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Ada - Ay/drums.flac','writing','audio/flac',7589425,'7648eab468d1f5172df0ff52989717441b754ff726c7d8e131cd90986ca55704');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Ada - Ay/bass.flac','writing','audio/flac',5888399,'b3a8d56f5446eef1584d70d6ed760eb29f4817a32aef9489f0db0e09f5a90420');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Ada - Ay/other.flac','writing','audio/flac',6167078,'cc4ab8fb48fca00612ed50fa3bf9a8b8b1ee772690fa507e7ba8d262243c96af');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Ada - Ay/vocals.flac','writing','audio/flac',2903412,'d3b92d76d204691e055926ba899d4e89fc3407c1d8942cc5229bd8ff5af72e73');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Bo - Bee/drums.flac','writing','audio/flac',7906766,'e433bf7b0d9e777ca3668c8e80b8e52e1ef2b3937d4533290524021ecc82c686');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Bo - Bee/bass.flac','writing','audio/flac',6120059,'13347de830707dcf239bcfff599f89d43c863cb803d5ec5f566e1c875ecd3219');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Bo - Bee/other.flac','writing','audio/flac',6479855,'14e1a77dac6d8419cda767110ada5913e5c08f40913c5f97ab84701de0bfdea3');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Bo - Bee/vocals.flac','writing','audio/flac',3278043,'0639a4b6925705d8d53fc95c65c70f1cf0ff8a018431a7ba20bf14bbbe31c3e1');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Cy - Sea/drums.flac','writing','audio/flac',8340890,'5a24f74a340649f3dd930c26e1651f03ce4e427eb98577f61fd5752097dd5bb8');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Cy - Sea/bass.flac','writing','audio/flac',6511879,'217ed33d94a7fe4f3b14e53429839fdee078824d69b1b644f999648be5c9b200');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Cy - Sea/other.flac','writing','audio/flac',6868513,'2f270694855c31153899b998bcd5fea4392f983b4dfb0880ceb7590f66fa8cc1');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems/Cy - Sea/vocals.flac','writing','audio/flac',3622673,'5967448d6699ff1c71a5045c60c50ffb9e4296cdecf76e226ee2022ac4c15636');
INSERT INTO "job_files" VALUES('aab0cf22199f09ae271227c1b973e6b1','stems.json','writing','application/json',69394,'ef0b2e924cb29e95645c5d7c975d66b72514137b09b6ccd580c4d69a8c98ec2f');
INSERT INTO "job_files" VALUES('b3d3a6448c52b489da2521b387627684','timeline.json','planning','application/json',1141,'92fffa2307ac1f5eeaec18ab4b37f64efd864d9e4ac45ff192980a3cd96f0915');
INSERT INTO "job_files" VALUES('b3d3a6448c52b489da2521b387627684','mix.mp3','mixing','audio/mpeg',1971800,'87cb08440554a2c9e30859767f23fbb77554309821a4b863ac4f98db224359be');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','timeline.json','mixing','application/json',27661,'9f97df57d8ad75663f449659090227b21bbb8782c2ebd00e6e8005c22febfd0e');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','premaster.flac','mixing',NULL,14979420,'b030a0b079a852c4cbdf47ad413f1e7aa08bcd5b9a19f02eec7f4ed83878f445');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','premaster.npz','mixing',NULL,43892,'742cb2189b78854b66ee3238769d53266c658e827a54b786c373b75b3680b3c9');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','decided.json','mixing',NULL,7154,'519fae94af7eabc3564f2210bc28afb751c75ef9c6533d2afd02ea4456c7b6f0');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','mashup.mp3','mastering','audio/mpeg',3671279,'97d85accf0aa12f8057d2410f934c70b2bc0c041f057a1a797b014bb64fadd63');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','stems/vocals.flac','mastering','audio/flac',7027985,'6bec0895659e385dc14e7e3a16fbd0259fa5631d51037e4d8041f630440b7012');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','stems/other.flac','mastering','audio/flac',8227903,'4695f6908945ac749c13edda09fd3d84108afe4584c80b203375a1bb3e9a30aa');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','stems/bass.flac','mastering','audio/flac',7411758,'a970fd425680da21069069c1924d6982e79c88c01f38d3a9b8e3de69d1a5f8c3');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','stems/drums.flac','mastering','audio/flac',12615617,'7183236e2b32498ec7c437233f85c8fdc1b26c8bac5e04df48fff49834e9961a');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','report.json','mastering','application/json',6181,'a28873d9e93cde1c04f9575ce47a7c8aa6247222923049a342068cb7ed2e3977');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','waveform.json','mastering','application/json',5368,'92e7f55381be0b85f7c2727891562335a8830b5b3762c9d1d1f672d124ed960a');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','tracklist.txt','mastering','text/plain; charset=utf-8',901,'36ae68f947b3a725e20f249ee2ac24dc9b6540238f2ff135b9502144cd877da7');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','description.txt','describing','text/plain; charset=utf-8',179,'9649bfba5f967109379fe71665d2b03c21ef4c5f8b47b42df78e98a83dbde2c0');
INSERT INTO "job_files" VALUES('80b71db01da4e8e76b336ebc31f49c8f','words.json','describing','application/json',496,'2819581cfbc4e282242f1bd1bda3d5a5affe1cec133c8bb1e7f6afe24bbea8d8');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','timeline.json','mixing','application/json',1682,'9a48b7ebf8e9b5bb5ed2e32a11a298f74d71a12daa030036f0123da4e1f1cc0e');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','restyled.mp3','mixing','audio/mpeg',1971811,'0aedb5813094e9dcd85504a742688f0e14288cfd5fe7a68c8b3d34504e8fdbc5');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','stems/drums.mp3','mixing','audio/mpeg',1971819,'42a3a459d4f41ecd78e9555880642a3ba8f0f0189e05d313642af8d4b13a2632');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','stems/bass.mp3','mixing','audio/mpeg',1971818,'e383315df31fd36b531c43f4e93c1eff61b28063b2db82d2f40401d7d9fbc7f3');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','before/bass.mp3','mixing','audio/mpeg',1971807,'5f9ff7c574a7402dadae4336ebb870023bab329738abb42598baeb2dcf6b9a06');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','stems/vocals.mp3','mixing','audio/mpeg',1971820,'1722ef6c945df48bcf225e903e9829c294daa6ee345f06b87b23848e14d5f127');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','before/vocals.mp3','mixing','audio/mpeg',1971809,'00979c675458c1da74924a42bcd7b73d71d5189b97246a966a87a8c5e8620bad');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','report.json','checking','application/json',953,'5c80dd11d44c02b758cc1f36ce868d742a26162fe4928af6755c8f8c72aab639');
INSERT INTO "job_files" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','waveform.json','checking','application/json',2971,'444835c0d79e0b1afe4d9cb82aeff6a821baff0c3aeab4efa86fdc859c62829b');
INSERT INTO "job_files" VALUES('b6600f084a09732842237c1a046427a9','dressed.json','dressing',NULL,33,'b7d56748998863c86004e5b31febf406c4e118b9e05ca72c2ace64379658be6c');
INSERT INTO "job_files" VALUES('b6600f084a09732842237c1a046427a9','youtube.json','noting','application/json',393,'d6a2d1f849e31ed1e427bdb6ee63d078990f58b3b00dacccbdd41408e38f3761');
INSERT INTO "job_files" VALUES('cee05f7161e4a3bde8806ba0d643403c','stems/Cy - Sea/drums.wav','writing','audio/wav',12592718,'76f65052053c597c090e4d2439089a44e5153486ab3bec1ec9c290aa32e75300');
INSERT INTO "job_files" VALUES('cee05f7161e4a3bde8806ba0d643403c','stems.json','writing','application/json',5974,'fd26f45fad03008b7174249bee23a0b0f1ba5ac239efa46822e2653523b7453d');
CREATE TABLE job_steps (
	job_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	progress DOUBLE NOT NULL, 
	cost_s DOUBLE NOT NULL, 
	seconds DOUBLE, 
	started_s DOUBLE, 
	PRIMARY KEY (job_id, name), 
	FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_steps" VALUES('72591a27b53166105bfb9b27d971707b','analysing',0,'succeeded',1.0,1.45449841269841284585e+00,1.4871439720000125817e+00,1.79599805401399874684e+09);
INSERT INTO "job_steps" VALUES('27efece48e844969de42289f6532ff87','analysing',0,'succeeded',1.0,4.36349523809523798245e-01,2.24247799997101537883e-03,1795998057.03599);
INSERT INTO "job_steps" VALUES('27efece48e844969de42289f6532ff87','ordering',1,'succeeded',1.0,4.36349523809523784367e-02,5.66434100005608343053e-03,1.79599805704898548121e+09);
INSERT INTO "job_steps" VALUES('27efece48e844969de42289f6532ff87','planning',2,'succeeded',1.0,4.36349523809523784367e-02,0.0332411660000389,1.79599805705699181552e+09);
INSERT INTO "job_steps" VALUES('27efece48e844969de42289f6532ff87','stretching',3,'succeeded',1.0,1.45449841269841284585e+00,1.84743755299996337271e+00,1.79599805709698343274e+09);
INSERT INTO "job_steps" VALUES('27efece48e844969de42289f6532ff87','mixing',4,'succeeded',1.0,4.36349523809523809347e+00,6.40850603800004137156e+00,1.79599805893901729586e+09);
INSERT INTO "job_steps" VALUES('27efece48e844969de42289f6532ff87','checking',5,'succeeded',1.0,7.27249206349206422927e-01,3.59809425199989618704e+00,1.79599806535000658036e+09);
INSERT INTO "job_steps" VALUES('27efece48e844969de42289f6532ff87','filming',6,'succeeded',1.0,1.45449841269841284585e+00,1.80340809500000887055e+00,1.79599806895300436026e+09);
INSERT INTO "job_steps" VALUES('27efece48e844969de42289f6532ff87','describing',7,'succeeded',1.0,1.45449841269841284585e-02,9.74531499991826422046e-03,1.79599807076100111006e+09);
INSERT INTO "job_steps" VALUES('fd06d37197285e948f1522f99d0f37d3','planning',0,'succeeded',1.0,3.94837868480725634467e-02,1.60177010000097652664e-02,1.79599807224701189995e+09);
INSERT INTO "job_steps" VALUES('fd06d37197285e948f1522f99d0f37d3','stretching',1,'succeeded',1.0,7.89675736961451213424e-01,3.55560000002697051968e-04,1.79599807226298451424e+09);
INSERT INTO "job_steps" VALUES('fd06d37197285e948f1522f99d0f37d3','mixing',2,'succeeded',1.0,1.57935147392290242684e+00,4.09743432000027496542e-01,1.79599807226499605175e+09);
INSERT INTO "job_steps" VALUES('429d527eab8807031ca4ff617a87d40e','analysing',0,'succeeded',1.0,2.24247799997101537883e-03,4.20645099995908822165e-03,1.79599807424800682071e+09);
INSERT INTO "job_steps" VALUES('429d527eab8807031ca4ff617a87d40e','planning',1,'succeeded',1.0,0.0332411660000389,4.46869620000143186189e-02,1795998074.25199);
INSERT INTO "job_steps" VALUES('429d527eab8807031ca4ff617a87d40e','stretching',2,'succeeded',1.0,1.84743755299996337271e+00,0.000729566000018167,1.79599807429001045227e+09);
INSERT INTO "job_steps" VALUES('429d527eab8807031ca4ff617a87d40e','mixing',3,'succeeded',1.0,6.40850603800004137156e+00,2.01008867200005170161e+00,1.7959980742949991226e+09);
INSERT INTO "job_steps" VALUES('429d527eab8807031ca4ff617a87d40e','checking',4,'succeeded',1.0,3.59809425199989618704e+00,1.43393326400007481424e+00,1795998076.31599);
INSERT INTO "job_steps" VALUES('429d527eab8807031ca4ff617a87d40e','describing',5,'succeeded',1.0,9.74531499991826422046e-03,5.75667800001156138023e-03,1.79599807774301910398e+09);
INSERT INTO "job_steps" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','analysing',0,'succeeded',1.0,3.22446449996505180024e-03,2.65617399998063774546e-03,1.79599807974200248719e+09);
INSERT INTO "job_steps" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','planning',1,'succeeded',1.0,3.89640640000266103015e-02,3.03976640000200859503e-02,1.79599807975499773022e+09);
INSERT INTO "job_steps" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','mixing',2,'succeeded',1.0,4.20929735500004653658e+00,1.91761101899999175657e+00,1.79599807979201221471e+09);
INSERT INTO "job_steps" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','checking',3,'succeeded',1.0,2.51601375799998550064e+00,9.91383008000070731213e-01,1.79599808171298360825e+09);
INSERT INTO "job_steps" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','describing',4,'succeeded',1.0,7.75099649996491280035e-03,1.13043059999426986905e-02,1.79599808270601773258e+09);
INSERT INTO "job_steps" VALUES('aab0cf22199f09ae271227c1b973e6b1','separating_stems',0,'succeeded',1.0,7.27249206349206360738e+01,8.79098667799996746907e+00,1.79599808358100795748e+09);
INSERT INTO "job_steps" VALUES('aab0cf22199f09ae271227c1b973e6b1','writing',1,'succeeded',1.0,7.27249206349206378519e+00,6.18020652299992434564e+00,1.79599809237999463078e+09);
INSERT INTO "job_steps" VALUES('b3d3a6448c52b489da2521b387627684','planning',0,'succeeded',1.0,9.84328798185941100662e-01,1.5728917090000322787e+00,1.79599809987301373484e+09);
INSERT INTO "job_steps" VALUES('b3d3a6448c52b489da2521b387627684','mixing',1,'succeeded',1.0,2.46082199546485291818e+00,2.02126827200004299811e+00,1.79599810145598649977e+09);
INSERT INTO "job_steps" VALUES('80b71db01da4e8e76b336ebc31f49c8f','separating_stems',0,'succeeded',1.0,4.89293990929705202574e+01,4.63075199991180852521e-03,1.79599810657400345802e+09);
INSERT INTO "job_steps" VALUES('80b71db01da4e8e76b336ebc31f49c8f','analysing',1,'succeeded',1.0,2.93576394557823094899e+00,5.48017297900003086397e+00,1.79599810658599281306e+09);
INSERT INTO "job_steps" VALUES('80b71db01da4e8e76b336ebc31f49c8f','mixing',2,'succeeded',1.0,9.78587981859410405149e+00,2.07449689030000854477e+01,1.7959981120500147343e+09);
INSERT INTO "job_steps" VALUES('80b71db01da4e8e76b336ebc31f49c8f','mastering',3,'succeeded',1.0,5.87152789115646189799e+00,1.03537800719999495413e+01,1.79599813280101871485e+09);
INSERT INTO "job_steps" VALUES('80b71db01da4e8e76b336ebc31f49c8f','describing',4,'succeeded',1.0,9.78587981859410475926e-03,1.39709439999933238141e-02,1.79599814316398811338e+09);
INSERT INTO "job_steps" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','separating_stems',0,'succeeded',1.0,2.460821995464852563e+01,1.37703999996574566466e-03,1.79599814565900564198e+09);
INSERT INTO "job_steps" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','analysing',1,'succeeded',1.0,1.96865759637188220132e+00,4.79092313500007094262e+00,1.79599814566399455066e+09);
INSERT INTO "job_steps" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','restyling',2,'succeeded',1.0,4.92164399092970583637e+00,5.25983106199998928786e+00,1.7959981504739866257e+09);
INSERT INTO "job_steps" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','mixing',3,'succeeded',1.0,4.92164399092970583637e+00,5.33513303200004429527e+00,1.795998155719019413e+09);
INSERT INTO "job_steps" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','checking',4,'succeeded',1.0,2.46082199546485275165e-01,0.416556943000046,1.79599816106000852592e+09);
INSERT INTO "job_steps" VALUES('b6600f084a09732842237c1a046427a9','checking',0,'succeeded',1.0,1.45449841269841284585e-01,5.50241879999475713702e-02,1.79599816335599279408e+09);
INSERT INTO "job_steps" VALUES('b6600f084a09732842237c1a046427a9','uploading',1,'succeeded',1.0,1.45449841269841275703e+01,2.2044941599995127035e-01,1.79599816341899776455e+09);
INSERT INTO "job_steps" VALUES('b6600f084a09732842237c1a046427a9','dressing',2,'succeeded',1.0,2.90899682539682569171e-01,3.54354520000015327241e-02,1.795998163639998436e+09);
INSERT INTO "job_steps" VALUES('b6600f084a09732842237c1a046427a9','noting',3,'succeeded',1.0,1.45449841269841284585e-02,6.61692799997126712696e-03,1.79599816368799662593e+09);
INSERT INTO "job_steps" VALUES('cee05f7161e4a3bde8806ba0d643403c','separating_stems',0,'succeeded',1.0,2.37955215419501122644e+01,1.77567299999736860627e-03,1.79599816612499809265e+09);
INSERT INTO "job_steps" VALUES('cee05f7161e4a3bde8806ba0d643403c','writing',1,'succeeded',1.0,2.02215741410008886802e+00,1.39264741900001354224e+00,1.79599816613099288941e+09);
CREATE TABLE jobs (
	id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	request TEXT NOT NULL, 
	inputs TEXT NOT NULL, 
	work_s DOUBLE NOT NULL, 
	status VARCHAR NOT NULL, 
	attempt INTEGER NOT NULL, 
	crashes INTEGER NOT NULL, 
	cancel_requested BOOLEAN NOT NULL, 
	owner VARCHAR, 
	lease_until DOUBLE, 
	failure JSON, 
	notes JSON NOT NULL, 
	queued_s DOUBLE NOT NULL, 
	created_s DOUBLE NOT NULL, 
	claimed_s DOUBLE, 
	started_s DOUBLE, 
	finished_s DOUBLE, detail VARCHAR, lane VARCHAR DEFAULT 'work' NOT NULL, after_job_id VARCHAR, not_before_s DOUBLE, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "jobs" VALUES('72591a27b53166105bfb9b27d971707b','cdb011805582a972f88ee86441d3f1d6','analysis','What is in the tracks','{"kind":"analysis","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416"}','{"request":{"kind":"analysis","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416"},"tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","n_samples":2170445,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","n_samples":2145128,"grid_fix":null},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","n_samples":2098765,"grid_fix":null}]}',1.45449841269841272147e+02,'succeeded',1,-1,0,NULL,NULL,NULL,'[]',1795998053.35498,1795998053.35498,1.79599805338398814196e+09,1.79599805338398814196e+09,1.79599805552901768679e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('27efece48e844969de42289f6532ff87','cdb011805582a972f88ee86441d3f1d6','mixtape','The golden mix','{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","title":"T0","artist":"A"},{"track_id":"0c425cbbc196e381aa47edb8e710058d","title":"T1","artist":"A"},{"track_id":"1a58b095b2ec66172c8776f11d20580e","title":"T2","artist":"A"}],"bg_image_upload_id":"68706181c37648f9bfb36eedc96b16c8","title":"The golden mix","artist":"Ann","order":"auto","energy_arc":"build","locks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","place":1}],"transitions":"dj","strategist":"rules","overrides":[{"outgoing":"cf3575f10f51239e0c4629393cc4c3ad","incoming":"0c425cbbc196e381aa47edb8e710058d","kind":"blend","bars":8,"out_at_s":null,"in_at_s":null}],"overlays":"sometimes","stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":-13.0,"formats":["mp3","opus"],"bitrate_kbps":192,"mp3_vbr":false,"video":{"height":720},"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null}','{"request":{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","title":"T0","artist":"A"},{"track_id":"0c425cbbc196e381aa47edb8e710058d","title":"T1","artist":"A"},{"track_id":"1a58b095b2ec66172c8776f11d20580e","title":"T2","artist":"A"}],"bg_image_upload_id":"68706181c37648f9bfb36eedc96b16c8","title":"The golden mix","artist":"Ann","order":"auto","energy_arc":"build","locks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","place":1}],"transitions":"dj","strategist":"rules","overrides":[{"outgoing":"cf3575f10f51239e0c4629393cc4c3ad","incoming":"0c425cbbc196e381aa47edb8e710058d","kind":"blend","bars":8,"out_at_s":null,"in_at_s":null}],"overlays":"sometimes","stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":-13.0,"formats":["mp3","opus"],"bitrate_kbps":192,"mp3_vbr":false,"video":{"height":720},"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null},"title":"The golden mix","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"T0","artist":"A","n_samples":2170445,"has_cover":false,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"T1","artist":"A","n_samples":2145128,"has_cover":false,"grid_fix":{"tempo":"as_heard","tempo_bpm":126.0,"shift_beats":0.0,"downbeat_s":null,"beats_per_bar":null,"key":"C major"}},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"T2","artist":"A","n_samples":2098765,"has_cover":false,"grid_fix":null}],"sounds":[],"picture":"68706181c37648f9bfb36eedc96b16c8.png","rules":{"max_stretch_percent":5.0,"return_bars":8,"preferred_bars":16,"allowed_kinds":["blend","stem_swap","sweep","echo","cut","fade","gap"],"max_pitch_semitones":0,"max_vocal_overlap_s":0.5,"max_trim_share":0.4,"energy_arc":[0.2,0.9,0.4],"overlays":"sometimes","loudness_lufs":-14.0},"rules_version":1,"earlier":null}',1.45449841269841272147e+02,'succeeded',1,-1,0,NULL,NULL,NULL,'["The energy is to build, and does. 1 of 3 tracks have locked places.", "You asked for sounds over joins, and have none: add some first.", "mix.opus came out at -13.5 LUFS instead of -13.0."]',1.7959980557290167809e+09,1.7959980557290167809e+09,1.79599805575400137905e+09,1.79599805575400137905e+09,1.79599807080401039117e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('fd06d37197285e948f1522f99d0f37d3','cdb011805582a972f88ee86441d3f1d6','preview','Join 1 of The golden mix','{"kind":"preview","job_id":"27efece48e844969de42289f6532ff87","transition":0,"override":{"outgoing":"cf3575f10f51239e0c4629393cc4c3ad","incoming":"0c425cbbc196e381aa47edb8e710058d","kind":"cut","bars":null,"out_at_s":null,"in_at_s":null}}','{"request":{"kind":"preview","job_id":"27efece48e844969de42289f6532ff87","transition":0,"override":{"outgoing":"cf3575f10f51239e0c4629393cc4c3ad","incoming":"0c425cbbc196e381aa47edb8e710058d","kind":"cut","bars":null,"out_at_s":null,"in_at_s":null}},"mix":{"request":{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","title":"T0","artist":"A"},{"track_id":"0c425cbbc196e381aa47edb8e710058d","title":"T1","artist":"A"},{"track_id":"1a58b095b2ec66172c8776f11d20580e","title":"T2","artist":"A"}],"bg_image_upload_id":"68706181c37648f9bfb36eedc96b16c8","title":"The golden mix","artist":"Ann","order":"auto","energy_arc":"build","locks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","place":1}],"transitions":"dj","strategist":"rules","overrides":[{"outgoing":"cf3575f10f51239e0c4629393cc4c3ad","incoming":"0c425cbbc196e381aa47edb8e710058d","kind":"blend","bars":8,"out_at_s":null,"in_at_s":null}],"overlays":"sometimes","stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":-13.0,"formats":["mp3","opus"],"bitrate_kbps":192,"mp3_vbr":false,"video":{"height":720},"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null},"title":"The golden mix","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"T0","artist":"A","n_samples":2170445,"has_cover":false,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"T1","artist":"A","n_samples":2145128,"has_cover":false,"grid_fix":{"tempo":"as_heard","tempo_bpm":126.0,"shift_beats":0.0,"downbeat_s":null,"beats_per_bar":null,"key":"C major"}},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"T2","artist":"A","n_samples":2098765,"has_cover":false,"grid_fix":null}],"sounds":[],"picture":null,"rules":{"max_stretch_percent":5.0,"return_bars":8,"preferred_bars":16,"allowed_kinds":["blend","stem_swap","sweep","echo","cut","fade","gap"],"max_pitch_semitones":0,"max_vocal_overlap_s":0.5,"max_trim_share":0.4,"energy_arc":[0.2,0.9,0.4],"overlays":"sometimes","loudness_lufs":-14.0},"rules_version":1,"earlier":null},"timeline":{"version":2,"sample_rate":44100,"duration_s":101.9830612244898,"duration_samples":4497453,"clips":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"T0","artist":"A","start_s":0.0,"end_s":46.474920634920636,"source_start_s":0.24,"source_end_s":46.71492063492064,"warp":[[0.24,0.0],[46.71492063492064,46.474920634920636]],"pitch_semitones":0,"gain_db":4.163,"fade_in_s":0.0,"fade_out_s":11.612834467120182,"curve":"equal_power","effects":[{"kind":"low_shelf","start_s":36.797551020408164,"end_s":46.474920634920636,"shares":[[36.797551020408164,0.0],[40.668503401360546,1.0]],"frequency_hz":120.0,"to_frequency_hz":null,"gain_db":-26.0},{"kind":"high_shelf","start_s":36.797551020408164,"end_s":46.474920634920636,"shares":[[36.797551020408164,0.0],[40.668503401360546,1.0]],"frequency_hz":13000.0,"to_frequency_hz":null,"gain_db":-12.0}],"echo":null,"stem_faders":[],"role":"track","stem":null,"made":""},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"T1","artist":"A","start_s":30.991133786848074,"end_s":69.45426303854876,"source_start_s":8.045578231292517,"source_end_s":46.14081632653061,"warp":[[8.045578231292517,30.991133786848074],[23.283673469387754,46.474920634920636],[23.759863945578232,46.958662131519276],[24.236054421768706,47.4421768707483],[24.712244897959184,47.925442176870746],[25.18843537414966,48.40845804988662],[25.664625850340137,48.89122448979592],[26.14081632653061,49.3737641723356],[26.61700680272109,49.85605442176871],[27.093197278911564,50.338095238095235],[27.569387755102042,50.81988662131519],[28.045578231292517,51.30145124716553],[28.521768707482995,51.78278911564626],[28.99795918367347,52.26385487528345],[29.474149659863947,52.74469387755102],[29.95034013605442,53.22530612244898],[30.426530612244896,53.705668934240364],[30.902721088435374,54.18578231292517],[31.37891156462585,54.6656462585034],[31.855102040816327,55.14530612244898],[32.3312925170068,55.62469387755102],[32.807482993197276,56.103854875283446],[33.28367346938776,56.58278911564626],[33.75986394557823,57.061451247165536],[34.236054421768706,57.539909297052155],[34.71224489795918,58.0181179138322],[35.18843537414966,58.49607709750567],[35.66462585034014,58.97380952380952],[36.14081632653061,59.451292517006806],[36.617006802721086,59.928548752834466],[37.09319727891157,60.405578231292516],[37.56938775510204,60.88235827664399],[38.04557823129252,61.35891156462585],[38.52176870748299,61.83521541950113],[46.14081632653061,69.45426303854876]],"pitch_semitones":0,"gain_db":-0.487,"fade_in_s":11.612834467120182,"fade_out_s":3.8095238095238093,"curve":"equal_power","effects":[{"kind":"low_shelf","start_s":30.991133786848074,"end_s":40.668503401360546,"shares":[[36.797551020408164,1.0],[40.668503401360546,0.0]],"frequency_hz":120.0,"to_frequency_hz":null,"gain_db":-26.0},{"kind":"high_shelf","start_s":30.991133786848074,"end_s":40.668503401360546,"shares":[[36.797551020408164,1.0],[40.668503401360546,0.0]],"frequency_hz":13000.0,"to_frequency_hz":null,"gain_db":-12.0},{"kind":"high_pass","start_s":61.83521541950113,"end_s":69.45426303854876,"shares":[[61.83521541950113,0.0],[62.31140589569161,1.0],[69.45426303854876,1.0]],"frequency_hz":40.0,"to_frequency_hz":1500.0,"gain_db":0.0}],"echo":null,"stem_faders":[],"role":"track","stem":null,"made":""},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"T2","artist":"A","start_s":61.83521541950113,"end_s":101.9830612244898,"source_start_s":7.5895691609977325,"source_end_s":47.5,"warp":[[7.5895691609977325,61.83521541950113],[15.089591836734694,69.45426303854876],[15.558344671201814,69.93034013605443],[16.027097505668934,70.40616780045352],[16.495850340136055,70.88176870748299],[16.964580498866212,71.35712018140589],[17.433333333333334,71.83226757369614],[17.902086167800455,72.30714285714286],[18.370839002267573,72.78181405895691],[18.839591836734694,73.2562358276644],[19.308344671201812,73.73043083900227],[19.777097505668934,74.20439909297052],[20.245850340136055,74.6781179138322],[20.714603174603173,75.15160997732427],[21.183356009070295,75.62485260770976],[21.652108843537416,76.09789115646258],[22.120861678004534,76.57068027210885],[22.589614512471655,77.04324263038549],[23.058367346938777,77.51555555555555],[23.527120181405895,77.987641723356],[23.995850340136055,78.45950113378684],[24.464603174603173,78.93113378684808],[24.933378684807256,79.40253968253968],[25.402108843537416,79.87369614512471],[25.870861678004534,80.3446485260771],[26.339614512471655,80.8153514739229],[26.808367346938777,81.2858276643991],[27.277120181405895,81.75605442176871],[27.745873015873016,82.22607709750567],[28.214625850340138,82.69585034013605],[28.683378684807256,83.16541950113378],[29.152131519274377,83.63473922902494],[29.620884353741495,84.10383219954649],[30.089637188208616,84.57269841269841],[47.5,101.9830612244898]],"pitch_semitones":0,"gain_db":-0.17799999999999996,"fade_in_s":3.8095238095238093,"fade_out_s":0.0,"curve":"equal_power","effects":[{"kind":"low_shelf","start_s":61.83521541950113,"end_s":65.64473922902495,"shares":[[63.73997732426304,1.0],[65.64473922902495,0.0]],"frequency_hz":120.0,"to_frequency_hz":null,"gain_db":-26.0}],"echo":null,"stem_faders":[],"role":"track","stem":null,"made":""}],"transitions":[{"outgoing":0,"incoming":1,"kind":"blend","start_s":30.991133786848074,"end_s":46.474920634920636,"asked_s":15.483786848072562,"reason":"8 bars of beat-matched blend with the basses swapped, tempo -1.6 %, keys 8A → 8B, 10 s left out.","bars":8},{"outgoing":1,"incoming":2,"kind":"sweep","start_s":61.83521541950113,"end_s":69.45426303854876,"asked_s":7.619047619047619,"reason":"4 bars of filter sweep on the beat, tempo -1.6 %, keys 8B → 9A, phrase on phrase, 10 s left out. No beat-matched blend with the basses swapped: would have been worse: off the phrase.","bars":4}],"chapters":[{"start_s":0.0,"title":"A – T0"},{"start_s":38.73301587301587,"title":"A – T1"},{"start_s":65.64473922902495,"title":"A – T2"}]}}',3.94837868480725617814e+01,'succeeded',1,-1,0,NULL,NULL,NULL,'[]',1.7959980709770128727e+09,1.7959980709770128727e+09,1.79599807100501513475e+09,1.79599807100501513475e+09,1.7959980726909847259e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('429d527eab8807031ca4ff617a87d40e','cdb011805582a972f88ee86441d3f1d6','mixtape','Mixtape: Ada, Bo, Cy','{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","title":null,"artist":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","title":null,"artist":null},{"track_id":"1a58b095b2ec66172c8776f11d20580e","title":null,"artist":null}],"bg_image_upload_id":null,"title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"dj","strategist":"rules","overrides":[{"outgoing":"cf3575f10f51239e0c4629393cc4c3ad","incoming":"0c425cbbc196e381aa47edb8e710058d","kind":"cut","bars":null,"out_at_s":null,"in_at_s":null}],"overlays":null,"stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":"27efece48e844969de42289f6532ff87","transition_ms":8000,"loudness_lufs":null,"formats":["mp3"],"bitrate_kbps":320,"mp3_vbr":false,"video":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null}','{"request":{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","title":null,"artist":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","title":null,"artist":null},{"track_id":"1a58b095b2ec66172c8776f11d20580e","title":null,"artist":null}],"bg_image_upload_id":null,"title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"dj","strategist":"rules","overrides":[{"outgoing":"cf3575f10f51239e0c4629393cc4c3ad","incoming":"0c425cbbc196e381aa47edb8e710058d","kind":"cut","bars":null,"out_at_s":null,"in_at_s":null}],"overlays":null,"stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":"27efece48e844969de42289f6532ff87","transition_ms":8000,"loudness_lufs":null,"formats":["mp3"],"bitrate_kbps":320,"mp3_vbr":false,"video":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null},"title":"Mixtape: Ada, Bo, Cy","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","artist":"Bo","n_samples":2145128,"has_cover":false,"grid_fix":{"tempo":"as_heard","tempo_bpm":126.0,"shift_beats":0.0,"downbeat_s":null,"beats_per_bar":null,"key":"C major"}},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","artist":"Cy","n_samples":2098765,"has_cover":false,"grid_fix":null}],"sounds":[],"picture":null,"rules":{"max_stretch_percent":5.0,"return_bars":8,"preferred_bars":16,"allowed_kinds":["blend","stem_swap","sweep","echo","cut","fade","gap"],"max_pitch_semitones":0,"max_vocal_overlap_s":0.5,"max_trim_share":0.4,"energy_arc":[0.2,0.9,0.4],"overlays":"sometimes","loudness_lufs":-14.0},"rules_version":1,"earlier":{"version":2,"sample_rate":44100,"duration_s":101.9830612244898,"duration_samples":4497453,"clips":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"T0","artist":"A","start_s":0.0,"end_s":46.474920634920636,"source_start_s":0.24,"source_end_s":46.71492063492064,"warp":[[0.24,0.0],[46.71492063492064,46.474920634920636]],"pitch_semitones":0,"gain_db":4.163,"fade_in_s":0.0,"fade_out_s":11.612834467120182,"curve":"equal_power","effects":[{"kind":"low_shelf","start_s":36.797551020408164,"end_s":46.474920634920636,"shares":[[36.797551020408164,0.0],[40.668503401360546,1.0]],"frequency_hz":120.0,"to_frequency_hz":null,"gain_db":-26.0},{"kind":"high_shelf","start_s":36.797551020408164,"end_s":46.474920634920636,"shares":[[36.797551020408164,0.0],[40.668503401360546,1.0]],"frequency_hz":13000.0,"to_frequency_hz":null,"gain_db":-12.0}],"echo":null,"stem_faders":[],"role":"track","stem":null,"made":""},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"T1","artist":"A","start_s":30.991133786848074,"end_s":69.45426303854876,"source_start_s":8.045578231292517,"source_end_s":46.14081632653061,"warp":[[8.045578231292517,30.991133786848074],[23.283673469387754,46.474920634920636],[23.759863945578232,46.958662131519276],[24.236054421768706,47.4421768707483],[24.712244897959184,47.925442176870746],[25.18843537414966,48.40845804988662],[25.664625850340137,48.89122448979592],[26.14081632653061,49.3737641723356],[26.61700680272109,49.85605442176871],[27.093197278911564,50.338095238095235],[27.569387755102042,50.81988662131519],[28.045578231292517,51.30145124716553],[28.521768707482995,51.78278911564626],[28.99795918367347,52.26385487528345],[29.474149659863947,52.74469387755102],[29.95034013605442,53.22530612244898],[30.426530612244896,53.705668934240364],[30.902721088435374,54.18578231292517],[31.37891156462585,54.6656462585034],[31.855102040816327,55.14530612244898],[32.3312925170068,55.62469387755102],[32.807482993197276,56.103854875283446],[33.28367346938776,56.58278911564626],[33.75986394557823,57.061451247165536],[34.236054421768706,57.539909297052155],[34.71224489795918,58.0181179138322],[35.18843537414966,58.49607709750567],[35.66462585034014,58.97380952380952],[36.14081632653061,59.451292517006806],[36.617006802721086,59.928548752834466],[37.09319727891157,60.405578231292516],[37.56938775510204,60.88235827664399],[38.04557823129252,61.35891156462585],[38.52176870748299,61.83521541950113],[46.14081632653061,69.45426303854876]],"pitch_semitones":0,"gain_db":-0.487,"fade_in_s":11.612834467120182,"fade_out_s":3.8095238095238093,"curve":"equal_power","effects":[{"kind":"low_shelf","start_s":30.991133786848074,"end_s":40.668503401360546,"shares":[[36.797551020408164,1.0],[40.668503401360546,0.0]],"frequency_hz":120.0,"to_frequency_hz":null,"gain_db":-26.0},{"kind":"high_shelf","start_s":30.991133786848074,"end_s":40.668503401360546,"shares":[[36.797551020408164,1.0],[40.668503401360546,0.0]],"frequency_hz":13000.0,"to_frequency_hz":null,"gain_db":-12.0},{"kind":"high_pass","start_s":61.83521541950113,"end_s":69.45426303854876,"shares":[[61.83521541950113,0.0],[62.31140589569161,1.0],[69.45426303854876,1.0]],"frequency_hz":40.0,"to_frequency_hz":1500.0,"gain_db":0.0}],"echo":null,"stem_faders":[],"role":"track","stem":null,"made":""},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"T2","artist":"A","start_s":61.83521541950113,"end_s":101.9830612244898,"source_start_s":7.5895691609977325,"source_end_s":47.5,"warp":[[7.5895691609977325,61.83521541950113],[15.089591836734694,69.45426303854876],[15.558344671201814,69.93034013605443],[16.027097505668934,70.40616780045352],[16.495850340136055,70.88176870748299],[16.964580498866212,71.35712018140589],[17.433333333333334,71.83226757369614],[17.902086167800455,72.30714285714286],[18.370839002267573,72.78181405895691],[18.839591836734694,73.2562358276644],[19.308344671201812,73.73043083900227],[19.777097505668934,74.20439909297052],[20.245850340136055,74.6781179138322],[20.714603174603173,75.15160997732427],[21.183356009070295,75.62485260770976],[21.652108843537416,76.09789115646258],[22.120861678004534,76.57068027210885],[22.589614512471655,77.04324263038549],[23.058367346938777,77.51555555555555],[23.527120181405895,77.987641723356],[23.995850340136055,78.45950113378684],[24.464603174603173,78.93113378684808],[24.933378684807256,79.40253968253968],[25.402108843537416,79.87369614512471],[25.870861678004534,80.3446485260771],[26.339614512471655,80.8153514739229],[26.808367346938777,81.2858276643991],[27.277120181405895,81.75605442176871],[27.745873015873016,82.22607709750567],[28.214625850340138,82.69585034013605],[28.683378684807256,83.16541950113378],[29.152131519274377,83.63473922902494],[29.620884353741495,84.10383219954649],[30.089637188208616,84.57269841269841],[47.5,101.9830612244898]],"pitch_semitones":0,"gain_db":-0.17799999999999996,"fade_in_s":3.8095238095238093,"fade_out_s":0.0,"curve":"equal_power","effects":[{"kind":"low_shelf","start_s":61.83521541950113,"end_s":65.64473922902495,"shares":[[63.73997732426304,1.0],[65.64473922902495,0.0]],"frequency_hz":120.0,"to_frequency_hz":null,"gain_db":-26.0}],"echo":null,"stem_faders":[],"role":"track","stem":null,"made":""}],"transitions":[{"outgoing":0,"incoming":1,"kind":"blend","start_s":30.991133786848074,"end_s":46.474920634920636,"asked_s":15.483786848072562,"reason":"8 bars of beat-matched blend with the basses swapped, tempo -1.6 %, keys 8A → 8B, 10 s left out.","bars":8},{"outgoing":1,"incoming":2,"kind":"sweep","start_s":61.83521541950113,"end_s":69.45426303854876,"asked_s":7.619047619047619,"reason":"4 bars of filter sweep on the beat, tempo -1.6 %, keys 8B → 9A, phrase on phrase, 10 s left out. No beat-matched blend with the basses swapped: would have been worse: off the phrase.","bars":4}],"chapters":[{"start_s":0.0,"title":"A – T0"},{"start_s":38.73301587301587,"title":"A – T1"},{"start_s":65.64473922902495,"title":"A – T2"}]}}',1.45449841269841272147e+02,'succeeded',1,-1,0,NULL,NULL,NULL,'[]',1.79599807272099852564e+09,1.79599807272099852564e+09,1.7959980727360055447e+09,1.7959980727360055447e+09,1.79599807777198696139e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('72bfd1a886eec2f2b4bdfadc21ab909a','cdb011805582a972f88ee86441d3f1d6','mixtape','Mixtape: Ada, Bo, Cy','{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":null,"bg_image_upload_id":null,"title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"crossfade","strategist":"rules","overrides":[],"overlays":null,"stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":4000,"loudness_lufs":null,"formats":["mp3"],"bitrate_kbps":320,"mp3_vbr":false,"video":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null}','{"request":{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":null,"bg_image_upload_id":null,"title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"crossfade","strategist":"rules","overrides":[],"overlays":null,"stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":4000,"loudness_lufs":null,"formats":["mp3"],"bitrate_kbps":320,"mp3_vbr":false,"video":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null},"title":"Mixtape: Ada, Bo, Cy","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","artist":"Bo","n_samples":2145128,"has_cover":false,"grid_fix":{"tempo":"as_heard","tempo_bpm":126.0,"shift_beats":0.0,"downbeat_s":null,"beats_per_bar":null,"key":"C major"}},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","artist":"Cy","n_samples":2098765,"has_cover":false,"grid_fix":null}],"sounds":[],"picture":null,"rules":{"max_stretch_percent":5.0,"return_bars":8,"preferred_bars":16,"allowed_kinds":["blend","stem_swap","sweep","echo","cut","fade","gap"],"max_pitch_semitones":0,"max_vocal_overlap_s":0.5,"max_trim_share":0.4,"energy_arc":[0.2,0.9,0.4],"overlays":"sometimes","loudness_lufs":-14.0},"rules_version":1,"earlier":null}',1.45449841269841272147e+02,'succeeded',1,-1,0,NULL,NULL,NULL,'[]',1.79599807792298197745e+09,1.79599807792298197745e+09,1.79599807793798899651e+09,1.79599807793798899651e+09,1.79599808274299192431e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('aab0cf22199f09ae271227c1b973e6b1','cdb011805582a972f88ee86441d3f1d6','stems','Stems of Ay and 2 more','{"kind":"stems","track_id":null,"tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","model":"draft","weights_notice_accepted":false,"stems":null,"format":"flac"}','{"request":{"kind":"stems","track_id":null,"tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","model":"draft","weights_notice_accepted":false,"stems":null,"format":"flac"},"title":"Stems of Ay and 2 more","model":"draft","stems":[],"tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","artist":"Bo","n_samples":2145128,"has_cover":false},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","artist":"Cy","n_samples":2098765,"has_cover":false}]}',1.45449841269841272147e+02,'succeeded',1,-1,0,NULL,NULL,NULL,'["Taken apart by Draft, on the processor. This is a draft, made without a model: stems are heard in each other."]',1.79599808294600844383e+09,1.79599808294600844383e+09,1.79599808295900368691e+09,1.79599808295900368691e+09,1.79599809863600587845e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('b3d3a6448c52b489da2521b387627684','cdb011805582a972f88ee86441d3f1d6','stem_mix','Ay (stem mix)','{"kind":"stem_mix","job_id":"aab0cf22199f09ae271227c1b973e6b1","track_id":"cf3575f10f51239e0c4629393cc4c3ad","faders":[{"stem":"drums","gain_db":0.0},{"stem":"bass","gain_db":-6.0}],"format":"mp3"}','{"request":{"kind":"stem_mix","job_id":"aab0cf22199f09ae271227c1b973e6b1","track_id":"cf3575f10f51239e0c4629393cc4c3ad","faders":[{"stem":"drums","gain_db":0.0},{"stem":"bass","gain_db":-6.0}],"format":"mp3"},"model":"draft","track":{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false}}',4.921643990929705126e+01,'succeeded',1,-1,0,NULL,NULL,NULL,'[]',1.79599809880100202562e+09,1.79599809880100202562e+09,1.79599809881600880629e+09,1.79599809881600880629e+09,1.79599810349999070165e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('80b71db01da4e8e76b336ebc31f49c8f','cdb011805582a972f88ee86441d3f1d6','mashup','Ay × Bee (upbeat mashup)','{"kind":"mashup","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":["cf3575f10f51239e0c4629393cc4c3ad","0c425cbbc196e381aa47edb8e710058d"],"vibe":"upbeat","vocals_from":null,"title":"","artist":"","model":"draft","weights_notice_accepted":false,"stems":true,"formats":["mp3"],"loudness_lufs":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"}}','{"request":{"kind":"mashup","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":["cf3575f10f51239e0c4629393cc4c3ad","0c425cbbc196e381aa47edb8e710058d"],"vibe":"upbeat","vocals_from":null,"title":"","artist":"","model":"draft","weights_notice_accepted":false,"stems":true,"formats":["mp3"],"loudness_lufs":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"}},"title":"Ay × Bee (upbeat mashup)","model":"draft","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","artist":"Bo","n_samples":2145128,"has_cover":false,"grid_fix":{"tempo":"as_heard","tempo_bpm":126.0,"shift_beats":0.0,"downbeat_s":null,"beats_per_bar":null,"key":"C major"}}]}',9.78587981859410405149e+01,'succeeded',1,-1,0,NULL,NULL,NULL,'["Taken apart by Draft, on the processor. This is a draft, made without a model: stems are heard in each other.", "128.5 BPM (\u201cAy\u201d +3.7 % and \u201cBee\u201d +2.0 %): a little faster, light and bright: less bass, more air.", "YouTube shows no chapters where one is shorter than 10 s: \u201cIntro\u201d, \u201cBuild: Bee\u201d, \u201cBreak: Bee\u201d and 2 more."]',1.79599810368598842625e+09,1.79599810368598842625e+09,1.79599810369998955724e+09,1.79599810369998955724e+09,1.79599814320800304414e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('aa29e19f4aaee5bb30f599bd6900d5d1','cdb011805582a972f88ee86441d3f1d6','restyle','Ay (restyled)','{"kind":"restyle","track_id":"cf3575f10f51239e0c4629393cc4c3ad","config":{"bass":{"enabled":true,"sound_id":"d78b270747da67775e2c16ddab710b72","volume":1.0},"other":{"enabled":false,"sound_id":null,"volume":1.0},"vocals":{"enabled":true,"sound_id":"d78b270747da67775e2c16ddab710b72","volume":0.8}},"settings":{"grain_duration_ms":120.0,"use_pitch_mapping":true,"use_envelope":true},"title":"","model":"draft","weights_notice_accepted":false,"format":"mp3"}','{"request":{"kind":"restyle","track_id":"cf3575f10f51239e0c4629393cc4c3ad","config":{"bass":{"enabled":true,"sound_id":"d78b270747da67775e2c16ddab710b72","volume":1.0},"other":{"enabled":false,"sound_id":null,"volume":1.0},"vocals":{"enabled":true,"sound_id":"d78b270747da67775e2c16ddab710b72","volume":0.8}},"settings":{"grain_duration_ms":120.0,"use_pitch_mapping":true,"use_envelope":true},"title":"","model":"draft","weights_notice_accepted":false,"format":"mp3"},"title":"Ay (restyled)","model":"draft","track":{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false},"sounds":{"bass":{"sound_id":"d78b270747da67775e2c16ddab710b72","content":"382cd6abaee17f026aa4a98110e2396b1abede940020cc95c6cd6615df132a8e","name":"strings","n_samples":44100},"vocals":{"sound_id":"d78b270747da67775e2c16ddab710b72","content":"382cd6abaee17f026aa4a98110e2396b1abede940020cc95c6cd6615df132a8e","name":"strings","n_samples":44100}}}',4.921643990929705126e+01,'succeeded',1,-1,0,NULL,NULL,NULL,'["Taken apart by Draft, on the processor. This is a draft, made without a model: stems are heard in each other."]',1.79599814335400915143e+09,1.79599814335400915143e+09,1.79599814339999556541e+09,1.79599814339999556541e+09,1.79599816151701664919e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('b6600f084a09732842237c1a046427a9','cdb011805582a972f88ee86441d3f1d6','publish','A golden mix','{"title":"A golden mix","description":null,"tags":["techno"],"privacy":"unlisted","publish_at":null,"playlist_id":null,"playlist_title":"","category_id":"10","language":"en","made_for_kids":false,"synthetic_media":null,"thumbnail":true,"notify_subscribers":true,"kind":"publish","job_id":"27efece48e844969de42289f6532ff87","again":false}','{"request":{"title":"A golden mix","description":null,"tags":["techno"],"privacy":"unlisted","publish_at":null,"playlist_id":null,"playlist_title":"","category_id":"10","language":"en","made_for_kids":false,"synthetic_media":null,"thumbnail":true,"notify_subscribers":true,"kind":"publish","job_id":"27efece48e844969de42289f6532ff87","again":false},"user_id":"cdb011805582a972f88ee86441d3f1d6","title":"A golden mix"}',1.45449841269841272147e+02,'succeeded',1,-1,0,NULL,NULL,NULL,'[]',1.79599816175201845171e+09,1.79599816175201845171e+09,1.79599816176899671556e+09,1.79599816176899671556e+09,1.79599816371998190884e+09,NULL,'net','27efece48e844969de42289f6532ff87',NULL);
INSERT INTO "jobs" VALUES('b7484c553fc973773703bff470cc944d','cdb011805582a972f88ee86441d3f1d6','mixtape','Mixtape: Ada, Bo, Cy','{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":null,"bg_image_upload_id":null,"title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"dj","strategist":"rules","overrides":[],"overlays":null,"stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":null,"formats":["flac"],"bitrate_kbps":320,"mp3_vbr":false,"video":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null}','{"request":{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":null,"bg_image_upload_id":null,"title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"dj","strategist":"rules","overrides":[],"overlays":null,"stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":null,"formats":["flac"],"bitrate_kbps":320,"mp3_vbr":false,"video":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null},"title":"Mixtape: Ada, Bo, Cy","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","artist":"Bo","n_samples":2145128,"has_cover":false,"grid_fix":{"tempo":"as_heard","tempo_bpm":126.0,"shift_beats":0.0,"downbeat_s":null,"beats_per_bar":null,"key":"C major"}},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","artist":"Cy","n_samples":2098765,"has_cover":false,"grid_fix":null}],"sounds":[],"picture":null,"rules":{"max_stretch_percent":5.0,"return_bars":8,"preferred_bars":16,"allowed_kinds":["blend","stem_swap","sweep","echo","cut","fade","gap"],"max_pitch_semitones":0,"max_vocal_overlap_s":0.5,"max_trim_share":0.4,"energy_arc":[0.2,0.9,0.4],"overlays":"sometimes","loudness_lufs":-14.0},"rules_version":1,"earlier":null}',1.45449841269841272147e+02,'cancelled',1,0,1,NULL,NULL,NULL,'[]',1.79599816395301222805e+09,1.79599816395301222805e+09,1.79599816396701335904e+09,1.79599816396701335904e+09,1.79599816423299455639e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('cee05f7161e4a3bde8806ba0d643403c','cdb011805582a972f88ee86441d3f1d6','stems','Stems of Sea','{"kind":"stems","track_id":null,"tracks_upload_id":"7213053a902b7d463eca3b47780d8ef9","model":"draft","weights_notice_accepted":false,"stems":["drums"],"format":"wav"}','{"request":{"kind":"stems","track_id":null,"tracks_upload_id":"7213053a902b7d463eca3b47780d8ef9","model":"draft","weights_notice_accepted":false,"stems":["drums"],"format":"wav"},"title":"Stems of Sea","model":"draft","stems":["drums"],"tracks":[{"track_id":"26f686d385e3d605b531e5a10bb9ff99","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","artist":"Cy","n_samples":2098765,"has_cover":false}]}',4.75910430839002245289e+01,'succeeded',1,-1,0,NULL,NULL,NULL,'["Taken apart by Draft, on the processor. This is a draft, made without a model: stems are heard in each other."]',1.79599816484300947192e+09,1.79599816484300947192e+09,1.79599816485898208621e+09,1.79599816485898208621e+09,1.79599816756301069262e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('10d5a18ee46ed4b5053d4e2ffd85fa58','cdb011805582a972f88ee86441d3f1d6','mixtape','Mixtape: Cy','{"kind":"mixtape","tracks_upload_id":"7213053a902b7d463eca3b47780d8ef9","tracks":null,"bg_image_upload_id":null,"title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"crossfade","strategist":"rules","overrides":[],"overlays":null,"stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":null,"formats":["wav"],"bitrate_kbps":320,"mp3_vbr":false,"video":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null}','{"request":{"kind":"mixtape","tracks_upload_id":"7213053a902b7d463eca3b47780d8ef9","tracks":null,"bg_image_upload_id":null,"title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"crossfade","strategist":"rules","overrides":[],"overlays":null,"stem_model":null,"weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":null,"formats":["wav"],"bitrate_kbps":320,"mp3_vbr":false,"video":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":null},"title":"Mixtape: Cy","tracks":[{"track_id":"26f686d385e3d605b531e5a10bb9ff99","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","artist":"Cy","n_samples":2098765,"has_cover":false,"grid_fix":null}],"sounds":[],"picture":null,"rules":{"max_stretch_percent":5.0,"return_bars":8,"preferred_bars":16,"allowed_kinds":["blend","stem_swap","sweep","echo","cut","fade","gap"],"max_pitch_semitones":0,"max_vocal_overlap_s":0.5,"max_trim_share":0.4,"energy_arc":[0.2,0.9,0.4],"overlays":"sometimes","loudness_lufs":-14.0},"rules_version":1,"earlier":null}',4.75910430839002245289e+01,'failed',1,0,0,NULL,NULL,'{"code": "not_found", "message": "\u201cSea\u201d is no longer there.", "hint": "Upload it again and start a new mixtape.", "retryable": false}','[]',1.79599816769899868961e+09,1.79599816769899868961e+09,1.79599816771400570868e+09,1.79599816771400570868e+09,1.79599816967400312426e+09,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('dde0c5d65827c1972bb3916a9aefa519','cdb011805582a972f88ee86441d3f1d6','mashup','Ay × Bee × Sea (dark mashup)','{"kind":"mashup","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":null,"vibe":"dark","vocals_from":null,"title":"","artist":"","model":"draft","weights_notice_accepted":false,"stems":false,"formats":["mp3"],"loudness_lufs":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"}}','{"request":{"kind":"mashup","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":null,"vibe":"dark","vocals_from":null,"title":"","artist":"","model":"draft","weights_notice_accepted":false,"stems":false,"formats":["mp3"],"loudness_lufs":null,"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"}},"title":"Ay × Bee × Sea (dark mashup)","model":"draft","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","artist":"Bo","n_samples":2145128,"has_cover":false,"grid_fix":{"tempo":"as_heard","tempo_bpm":126.0,"shift_beats":0.0,"downbeat_s":null,"beats_per_bar":null,"key":"C major"}},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","artist":"Cy","n_samples":2098765,"has_cover":false,"grid_fix":null}]}',1.45449841269841272147e+02,'queued',1,0,0,NULL,NULL,NULL,'[]',1.79599816982998704913e+09,1.79599816982998704913e+09,1.79599816984398818011e+09,1.79599816984398818011e+09,NULL,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('18a4db66ed62068cfc6ee4e9244f94d1','cdb011805582a972f88ee86441d3f1d6','mixtape','Mixtape: Ada, Bo, Cy','{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":null,"bg_image_upload_id":"68706181c37648f9bfb36eedc96b16c8","title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"dj","strategist":"rules","overrides":[],"overlays":"always","stem_model":"draft","weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":null,"formats":["mp3"],"bitrate_kbps":128,"mp3_vbr":false,"video":{"height":720},"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":{"title":"Waits","description":null,"tags":null,"privacy":"private","publish_at":null,"playlist_id":null,"playlist_title":"","category_id":"10","language":"en","made_for_kids":false,"synthetic_media":null,"thumbnail":true,"notify_subscribers":true}}','{"request":{"kind":"mixtape","tracks_upload_id":"13ec0b01b9c52436472447c4bc72e416","tracks":null,"bg_image_upload_id":"68706181c37648f9bfb36eedc96b16c8","title":"","artist":"","order":"given","energy_arc":null,"locks":[],"transitions":"dj","strategist":"rules","overrides":[],"overlays":"always","stem_model":"draft","weights_notice_accepted":false,"sounds":null,"based_on":null,"transition_ms":8000,"loudness_lufs":null,"formats":["mp3"],"bitrate_kbps":128,"mp3_vbr":false,"video":{"height":720},"description":{"intro":"","hashtags":[],"template":null,"writer":"template","language":"en"},"publish":{"title":"Waits","description":null,"tags":null,"privacy":"private","publish_at":null,"playlist_id":null,"playlist_title":"","category_id":"10","language":"en","made_for_kids":false,"synthetic_media":null,"thumbnail":true,"notify_subscribers":true}},"title":"Mixtape: Ada, Bo, Cy","tracks":[{"track_id":"cf3575f10f51239e0c4629393cc4c3ad","content":"594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640","title":"Ay","artist":"Ada","n_samples":2170445,"has_cover":false,"grid_fix":null},{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","artist":"Bo","n_samples":2145128,"has_cover":false,"grid_fix":{"tempo":"as_heard","tempo_bpm":126.0,"shift_beats":0.0,"downbeat_s":null,"beats_per_bar":null,"key":"C major"}},{"track_id":"1a58b095b2ec66172c8776f11d20580e","content":"118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386","title":"Sea","artist":"Cy","n_samples":2098765,"has_cover":false,"grid_fix":null}],"sounds":[],"picture":"68706181c37648f9bfb36eedc96b16c8.png","rules":{"max_stretch_percent":5.0,"return_bars":8,"preferred_bars":16,"allowed_kinds":["blend","stem_swap","sweep","echo","cut","fade","gap"],"max_pitch_semitones":0,"max_vocal_overlap_s":0.5,"max_trim_share":0.4,"energy_arc":[0.2,0.9,0.4],"overlays":"sometimes","loudness_lufs":-14.0},"rules_version":1,"earlier":null}',1.45449841269841272147e+02,'queued',0,0,0,NULL,NULL,NULL,'[]',1.79599816987001895899e+09,1.79599816987001895899e+09,NULL,NULL,NULL,NULL,'work',NULL,NULL);
INSERT INTO "jobs" VALUES('2c2d12732c35398df81c59453ff0aaf5','cdb011805582a972f88ee86441d3f1d6','publish','Waits','{"title":"Waits","description":null,"tags":null,"privacy":"private","publish_at":null,"playlist_id":null,"playlist_title":"","category_id":"10","language":"en","made_for_kids":false,"synthetic_media":null,"thumbnail":true,"notify_subscribers":true,"kind":"publish","job_id":"18a4db66ed62068cfc6ee4e9244f94d1","again":false}','{"request":{"title":"Waits","description":null,"tags":null,"privacy":"private","publish_at":null,"playlist_id":null,"playlist_title":"","category_id":"10","language":"en","made_for_kids":false,"synthetic_media":null,"thumbnail":true,"notify_subscribers":true,"kind":"publish","job_id":"18a4db66ed62068cfc6ee4e9244f94d1","again":false},"user_id":"cdb011805582a972f88ee86441d3f1d6","title":"Waits"}',1.45449841269841272147e+02,'queued',0,0,0,NULL,NULL,NULL,'[]',1.79599816987001895899e+09,1.79599816987001895899e+09,NULL,NULL,NULL,NULL,'net','18a4db66ed62068cfc6ee4e9244f94d1',NULL);
INSERT INTO "jobs" VALUES('f75b694681b6fb60f6a89798c5ac70f6','cdb011805582a972f88ee86441d3f1d6','restyle','Bee (restyled)','{"kind":"restyle","track_id":"0c425cbbc196e381aa47edb8e710058d","config":{"bass":{"enabled":true,"sound_id":"d78b270747da67775e2c16ddab710b72","volume":1.0}},"settings":{"grain_duration_ms":120.0,"use_pitch_mapping":true,"use_envelope":true},"title":"","model":"draft","weights_notice_accepted":false,"format":"wav"}','{"request":{"kind":"restyle","track_id":"0c425cbbc196e381aa47edb8e710058d","config":{"bass":{"enabled":true,"sound_id":"d78b270747da67775e2c16ddab710b72","volume":1.0}},"settings":{"grain_duration_ms":120.0,"use_pitch_mapping":true,"use_envelope":true},"title":"","model":"draft","weights_notice_accepted":false,"format":"wav"},"title":"Bee (restyled)","model":"draft","track":{"track_id":"0c425cbbc196e381aa47edb8e710058d","content":"1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118","title":"Bee","artist":"Bo","n_samples":2145128,"has_cover":false},"sounds":{"bass":{"sound_id":"d78b270747da67775e2c16ddab710b72","content":"382cd6abaee17f026aa4a98110e2396b1abede940020cc95c6cd6615df132a8e","name":"strings","n_samples":44100}}}',4.86423582766439892548e+01,'queued',0,0,0,NULL,NULL,NULL,'[]',1.79599816993801307679e+09,1.79599816993801307679e+09,NULL,NULL,NULL,NULL,'work',NULL,NULL);
CREATE TABLE publications (
	job_id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	source_job_id VARCHAR NOT NULL, 
	marker VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	privacy VARCHAR NOT NULL, 
	publish_at DATETIME, 
	again BOOLEAN NOT NULL, 
	sealed_session TEXT, 
	sessions INTEGER DEFAULT '0' NOT NULL, 
	sha256 VARCHAR, 
	size_bytes BIGINT, 
	sent_bytes BIGINT DEFAULT '0' NOT NULL, 
	all_sent BOOLEAN DEFAULT 0 NOT NULL, 
	doubted_s DOUBLE, 
	video_id VARCHAR, 
	channel_id VARCHAR, 
	channel_title VARCHAR, 
	playlist_id VARCHAR, 
	created_at DATETIME NOT NULL, 
	published_at DATETIME, 
	PRIMARY KEY (job_id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "publications" VALUES('b6600f084a09732842237c1a046427a9','cdb011805582a972f88ee86441d3f1d6','27efece48e844969de42289f6532ff87','segue-92acdf1a','A golden mix','unlisted',NULL,0,NULL,1,'ed7443e7828b3d00f25f50669329d92eef3718199c545ba78a4e42a02f6f362a',2746207,0,1,NULL,'video-1','UCstandin0000000000000000','Stand-in Channel',NULL,'2026-11-30 00:22:43.381373','2026-11-30 00:22:43.695431');
CREATE TABLE refresh_tokens (
	digest VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	family VARCHAR NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	revoked_at DATETIME, 
	PRIMARY KEY (digest), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "refresh_tokens" VALUES('b84f6f77ea9e6474cf5c52c2d2e3d8c2be1646931e85750e69477451bd3a96f0','cdb011805582a972f88ee86441d3f1d6','21f518b33520b7fe64c35e655ac6528b','2026-12-30 00:20:51.690793',NULL,NULL);
CREATE TABLE registrations (
	id INTEGER NOT NULL, 
	address VARCHAR NOT NULL, 
	asked_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "registrations" VALUES(1,'127.0.0.1','2026-11-30 00:20:51.650712');
CREATE TABLE session_codes (
	digest VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (digest), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "session_codes" VALUES('5d04ca326c27236e78bf4779ec8c953fce4e25367507d8cd4a4690f3b58dd904','cdb011805582a972f88ee86441d3f1d6','2026-11-30 00:21:51.691981');
CREATE TABLE sessions (
	digest VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (digest), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE sign_in_failures (
	id INTEGER NOT NULL, 
	account VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	failed_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE sounds (
	id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	content VARCHAR NOT NULL, 
	n_samples BIGINT NOT NULL, 
	tempo_bpm FLOAT, 
	beats INTEGER, 
	"key" VARCHAR, 
	loudness_lufs FLOAT NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "sounds" VALUES('d78b270747da67775e2c16ddab710b72','cdb011805582a972f88ee86441d3f1d6','strings','style','382cd6abaee17f026aa4a98110e2396b1abede940020cc95c6cd6615df132a8e',44100,NULL,NULL,'A major',-14.0,'2026-11-30 00:20:53.339638');
CREATE TABLE step_speeds (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	step VARCHAR NOT NULL, 
	speed DOUBLE NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "step_speeds" VALUES(1,'analysis','analysing',1.02244454790503015717e-02);
INSERT INTO "step_speeds" VALUES(2,'mixtape','analysing',1.54175348724563284733e-05);
INSERT INTO "step_speeds" VALUES(3,'mixtape','ordering',3.89436038609866351529e-05);
INSERT INTO "step_speeds" VALUES(4,'mixtape','planning',2.28540407537257254412e-04);
INSERT INTO "step_speeds" VALUES(5,'mixtape','stretching',1.27015439609353894545e-02);
INSERT INTO "step_speeds" VALUES(6,'mixtape','mixing',4.40599039644935797088e-02);
INSERT INTO "step_speeds" VALUES(7,'mixtape','checking',2.47376980310665614548e-02);
INSERT INTO "step_speeds" VALUES(8,'mixtape','filming',1.23988316470850755413e-02);
INSERT INTO "step_speeds" VALUES(9,'mixtape','describing',6.70012075285704368932e-05);
INSERT INTO "step_speeds" VALUES(10,'preview','planning',4.05677932100164913894e-04);
INSERT INTO "step_speeds" VALUES(11,'preview','stretching',9.00521526394710711185e-06);
INSERT INTO "step_speeds" VALUES(12,'preview','mixing',1.03775109914521664056e-02);
INSERT INTO "step_speeds" VALUES(13,'mixtape','analysing',2.89202859434903154448e-05);
INSERT INTO "step_speeds" VALUES(14,'mixtape','planning',3.07232800048988920031e-04);
INSERT INTO "step_speeds" VALUES(15,'mixtape','stretching',5.01592847162110316979e-06);
INSERT INTO "step_speeds" VALUES(16,'mixtape','mixing',1.38198065700937920696e-02);
INSERT INTO "step_speeds" VALUES(17,'mixtape','checking',9.85861002996775252771e-03);
INSERT INTO "step_speeds" VALUES(18,'mixtape','describing',3.95784412671284e-05);
INSERT INTO "step_speeds" VALUES(19,'mixtape','analysing',1.82617868592434830993e-05);
INSERT INTO "step_speeds" VALUES(20,'mixtape','planning',2.08990699024729555685e-04);
INSERT INTO "step_speeds" VALUES(21,'mixtape','mixing',1.31840021429958376142e-02);
INSERT INTO "step_speeds" VALUES(22,'mixtape','checking',6.81597861740418364817e-03);
INSERT INTO "step_speeds" VALUES(23,'mixtape','describing',7.77196173007211384836e-05);
INSERT INTO "step_speeds" VALUES(24,'stems','separating_stems@draft',6.04399881172146755115e-02);
INSERT INTO "step_speeds" VALUES(25,'stems','writing',4.24902940356895256202e-02);
INSERT INTO "step_speeds" VALUES(26,'stem_mix','planning',3.19586648668367181991e-02);
INSERT INTO "step_speeds" VALUES(27,'stem_mix','mixing',4.1068965486433378631e-02);
INSERT INTO "step_speeds" VALUES(28,'mashup','separating_stems@kept',4.73207528168590295814e-05);
INSERT INTO "step_speeds" VALUES(29,'mashup','analysing',5.6000820371686764465e-02);
INSERT INTO "step_speeds" VALUES(30,'mashup','mixing',2.11988796996900236146e-01);
INSERT INTO "step_speeds" VALUES(31,'mashup','mastering',1.05803262087142954661e-01);
INSERT INTO "step_speeds" VALUES(32,'mashup','describing',1.42766355800192837723e-04);
INSERT INTO "step_speeds" VALUES(33,'restyle','separating_stems@kept',2.79792687667687428815e-05);
INSERT INTO "step_speeds" VALUES(34,'restyle','analysing',9.73439595352580400167e-02);
INSERT INTO "step_speeds" VALUES(35,'restyle','restyling',1.06871424907887341282e-01);
INSERT INTO "step_speeds" VALUES(36,'restyle','mixing',1.08401441506788681623e-01);
INSERT INTO "step_speeds" VALUES(37,'restyle','checking',0.00846377640820294);
INSERT INTO "step_speeds" VALUES(38,'publish','checking',3.78303527316098365477e-04);
INSERT INTO "step_speeds" VALUES(39,'publish','uploading',1.51563875268154722199e-03);
INSERT INTO "step_speeds" VALUES(40,'publish','dressing',2.43626611693999856576e-04);
INSERT INTO "step_speeds" VALUES(41,'publish','noting',4.54928512963820853246e-05);
INSERT INTO "step_speeds" VALUES(42,'stems','separating_stems@kept',3.7311075465754361968e-05);
INSERT INTO "step_speeds" VALUES(43,'stems','writing',2.92628051153419263541e-02);
CREATE TABLE tracks (
	id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	upload_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	content VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	artist VARCHAR NOT NULL, 
	album VARCHAR NOT NULL, 
	n_samples BIGINT NOT NULL, 
	bits INTEGER NOT NULL, 
	recorded_gain_db FLOAT NOT NULL, 
	has_cover BOOLEAN NOT NULL, 
	source_format VARCHAR NOT NULL, 
	warnings JSON NOT NULL, grid_fix JSON, 
	PRIMARY KEY (id), 
	UNIQUE (upload_id, position), 
	FOREIGN KEY(user_id) REFERENCES users (id), 
	FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
INSERT INTO "tracks" VALUES('cf3575f10f51239e0c4629393cc4c3ad','cdb011805582a972f88ee86441d3f1d6','13ec0b01b9c52436472447c4bc72e416',0,'594f61e57bdf787f43e206f7ba11dfe90bfdd880b478999ac8fdf447ea2c9640','Ay','Ada','',2170445,16,0.0,0,'flac','[]',NULL);
INSERT INTO "tracks" VALUES('0c425cbbc196e381aa47edb8e710058d','cdb011805582a972f88ee86441d3f1d6','13ec0b01b9c52436472447c4bc72e416',1,'1d1744d0ebb57b0fff975054f45d74b0e608f04a532ba46f5c5f753a29925118','Bee','Bo','',2145128,16,0.0,0,'flac','[]','{"tempo": "as_heard", "tempo_bpm": 126.0, "shift_beats": 0.0, "downbeat_s": null, "beats_per_bar": null, "key": "C major"}');
INSERT INTO "tracks" VALUES('1a58b095b2ec66172c8776f11d20580e','cdb011805582a972f88ee86441d3f1d6','13ec0b01b9c52436472447c4bc72e416',2,'118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386','Sea','Cy','',2098765,16,0.0,0,'flac','[]',NULL);
INSERT INTO "tracks" VALUES('26f686d385e3d605b531e5a10bb9ff99','cdb011805582a972f88ee86441d3f1d6','7213053a902b7d463eca3b47780d8ef9',0,'118f8962ae04b60599db53275945c79b811bc0e259e9a49ffae6f1555b4e2386','Sea','Cy','',2098765,16,0.0,0,'flac','[]',NULL);
CREATE TABLE uploads (
	id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "uploads" VALUES('13ec0b01b9c52436472447c4bc72e416','cdb011805582a972f88ee86441d3f1d6','tracks','2026-11-30 00:20:52.062281');
INSERT INTO "uploads" VALUES('68706181c37648f9bfb36eedc96b16c8','cdb011805582a972f88ee86441d3f1d6','image','2026-11-30 00:20:52.560681');
INSERT INTO "uploads" VALUES('7213053a902b7d463eca3b47780d8ef9','cdb011805582a972f88ee86441d3f1d6','tracks','2026-11-30 00:22:44.801646');
CREATE TABLE users (
	id VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	password_hash VARCHAR NOT NULL, 
	is_admin BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "users" VALUES('cdb011805582a972f88ee86441d3f1d6','ann@example.org','$argon2id$v=19$m=19456,t=2,p=1$g9SeJO4SYpOpZqEhxo1oVw$6SeqalcTLfVitZaa7QJctNE4fxfrXvu9RlNC0ekrg3s',1,'2026-11-30 00:20:51.687163');
CREATE TABLE youtube_connections (
	user_id VARCHAR NOT NULL, 
	sealed TEXT NOT NULL, 
	scopes VARCHAR NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	channel_title VARCHAR NOT NULL, 
	channel_picture VARCHAR, 
	takes_long_videos BOOLEAN, 
	long_videos_asked_at DATETIME, 
	needs_reconnect BOOLEAN NOT NULL, 
	connected_at DATETIME NOT NULL, 
	refreshing_until_s DOUBLE, 
	PRIMARY KEY (user_id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "youtube_connections" VALUES('cdb011805582a972f88ee86441d3f1d6','gAAAAABrDMFjXLLrd3YqlH7ITSn4d04pbfgmiapbY2khRfwBa7LA6WCbF3HDDy1gJyCTGVC_cuuUFf-Pjo6i0kKKacVmoXgkdwg3qTF_hvYuxahvZ-DSmXZCc4Fexi19d-FcGjpDsHMSGpSwJGPaMhD7xhu3MRGip-AgwGZi3umH5MBYCz2Q7_h-DEgOYDRMSDM-Dt37ftjDzcv0Cn160w8UBnW3xuM7zgkFjh_2J7nTUOSOhniQCrc9Lqz2vJI4Cg3couyZv2kXmzG6O5LKQpuCtsl5gS6fdkgneSXZ6QaIgSbXPHsTZ0rwXuKR4RNrg5SFukG2NpOM1cO69UwQlxEgFFmN1zJj0w==','https://www.googleapis.com/auth/youtube.upload https://www.googleapis.com/auth/youtube','UCstandin0000000000000000','Stand-in Channel','https://yt3.example/picture.jpg',1,NULL,0,'2026-11-30 00:20:51.799211',NULL);
CREATE TABLE youtube_inserts (
	id INTEGER NOT NULL, 
	job_id VARCHAR NOT NULL, 
	made_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "youtube_inserts" VALUES(1,'b6600f084a09732842237c1a046427a9','2026-11-30 00:22:43.616001');
CREATE TABLE youtube_states (
	digest VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (digest), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE INDEX ix_sign_in_failures_address ON sign_in_failures (address);
CREATE INDEX ix_sign_in_failures_failed_at ON sign_in_failures (failed_at);
CREATE INDEX ix_sign_in_failures_account ON sign_in_failures (account);
CREATE INDEX ix_refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at);
CREATE INDEX ix_refresh_tokens_user_id ON refresh_tokens (user_id);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_session_codes_expires_at ON session_codes (expires_at);
CREATE INDEX ix_session_codes_user_id ON session_codes (user_id);
CREATE INDEX ix_uploads_user_id ON uploads (user_id);
CREATE INDEX ix_tracks_upload_id ON tracks (upload_id);
CREATE INDEX ix_tracks_content ON tracks (content);
CREATE INDEX ix_tracks_user_id ON tracks (user_id);
CREATE INDEX ix_images_user_id ON images (user_id);
CREATE INDEX ix_jobs_status_user ON jobs (status, user_id);
CREATE INDEX ix_jobs_user_created ON jobs (user_id, created_s);
CREATE INDEX ix_jobs_user_claimed ON jobs (user_id, claimed_s);
CREATE INDEX ix_step_speeds_kind_step ON step_speeds (kind, step);
CREATE INDEX ix_registrations_address ON registrations (address);
CREATE INDEX ix_registrations_asked_at ON registrations (asked_at);
CREATE INDEX ix_sounds_user_id ON sounds (user_id);
CREATE INDEX ix_sounds_content ON sounds (content);
CREATE INDEX ix_jobs_after_job ON jobs (after_job_id);
CREATE INDEX ix_google_identities_user_id ON google_identities (user_id);
CREATE INDEX ix_exchange_codes_expires_at ON exchange_codes (expires_at);
CREATE INDEX ix_youtube_states_expires_at ON youtube_states (expires_at);
CREATE INDEX ix_publications_source_job_id ON publications (source_job_id);
CREATE INDEX ix_publications_user_id ON publications (user_id);
CREATE INDEX ix_youtube_inserts_made_at ON youtube_inserts (made_at);
COMMIT;
